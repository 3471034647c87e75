// The tables of docs/performance.md, from what tests/load/measure wrote down: medians, and how they compare.
import { readFileSync } from 'node:fs';

const lines = readFileSync(process.argv[2], 'utf8').split('\n').filter((line) => line.startsWith('{')).map(JSON.parse);

// What is aimed at, in microseconds where a bare answer costs 60, so in sixtieths of one.
const GOALS = {
    discovery: 72, jwks: 72, client_credentials_es256: 100, client_credentials_eddsa: 90, code_flow_es256: 500,
    refresh_es256: 280, introspect_jwt: 80, introspect_jwt_first_sight: 150, userinfo: 80, userinfo_first_sight: 150,
};

const median = (numbers) => {
    const sorted = numbers.filter(Number.isFinite).sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
const of = (peer, workload) => lines.filter((line) => line.peer === peer && line.workload === workload);
const cost = (peer, workload) => median(of(peer, workload).map((line) => line.server_cpu_clock_us_per_op));
const shown = (number) => (Number.isFinite(number) ? number.toFixed(number < 100 ? 1 : 0) : '-');
const ratio = (number) => (Number.isFinite(number) ? number.toFixed(2) : '-');
const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);
const head = (...cells) => { console.log(); row(...cells); row(...cells.map(() => '---')); };
const workloads = [...new Set(lines.filter((line) => line.peer === 'small' && line.concurrency && line.workload !== 'hashing')
    .map((line) => line.workload))];

const hello = cost('hello', 'hello');
if (workloads.length) {
    head('operation', 'small, us', 'large, us', 'large / small', 'x bare', 'goal, us', 'goal x bare');
    row('a bare JSON answer', shown(hello), '', '', '1', '', '');
    for (const workload of workloads) {
        const [small, large] = ['small', 'large'].map((peer) => cost(peer, workload));
        const goal = GOALS[workload];
        row(workload, shown(small), shown(large), ratio(large / small), ratio(large / hello), goal ?? '', goal ? ratio(goal / 60) : '');
    }
    for (const peer of ['small', 'large']) {
        const hash = median(of(peer, 'hashing').map((line) => line.us));
        row(`of a login the hash (${peer})`, shown(hash), '', '', '', '', `all of it is ${ratio(cost(peer, 'login') / hash)} of that`);
    }
}

const throughput = lines.filter((line) => line.peer?.startsWith('throughput'));
if (throughput.length) {
    head('per second (and CPU, us)', '1', '8', '64');
    for (const workload of new Set(throughput.map((line) => line.workload))) {
        const cell = (connections) => {
            const some = of(`throughput-${connections}`, workload);
            return `${Math.round(median(some.map((line) => line.rps)))} (${shown(cost(`throughput-${connections}`, workload))})`;
        };
        row(workload, cell(1), cell(8), cell(64));
    }
}

if (of('crowd', 'discovery').length) {
    head('beside a crowd', 'p50, ms', 'p99, ms', 'p50 without it', 'p99 without it');
    for (const workload of ['discovery', 'userinfo']) {
        const cells = ['crowd', 'quiet'].flatMap((peer) =>
            ['p50_ms', 'p99_ms'].map((quantile) => median(of(peer, workload).map((line) => line[quantile]))));
        row(workload, ...cells);
    }
}

const starts = lines.filter((line) => line.workload === 'coldstart');
if (starts.length) {
    head('process', 'measured');
    for (const peer of ['small', 'large']) {
        const some = of(peer, 'coldstart');
        const figures = (name) => some.map((line) => line[name]);
        row(`exec to discovery, ms (${peer})`,
            `${median(figures('ready_ms'))} (${Math.min(...figures('ready_ms'))} to ${Math.max(...figures('ready_ms'))}); CPU ${median(figures('cpu_to_ready_ms'))}`);
        row(`resident when idle, MB (${peer})`, median(figures('rss_mb_idle')));
    }
}
for (const line of lines.filter((line) => ['sign-ins', 'memory', 'binary'].includes(line.workload))) {
    const { workload, ...figures } = line;
    row(workload, JSON.stringify(figures));
}
const failed = lines.filter((line) => line.errors || line.failed);
if (failed.length) {
    console.log(`\n${failed.length} runs had errors: ${JSON.stringify(failed.map((line) => [line.peer, line.workload, line.messages ?? line.failed]))}`);
    process.exitCode = 1;
}
