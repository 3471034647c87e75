// What soak and abandon have in common: a server of tests/load/serve, and how it is doing by /proc and by its own tables.
import { spawn, execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const here = dirname(fileURLToPath(import.meta.url));

// Tables that requests make grow, in the order of a line.
export const TABLES = ['interactions', 'throttles', 'sessions', 'grants', 'refresh_tokens', 'revocations', 'audit'];

// A fresh provider of tests/load/serve, or the one that is named by its issuer, process and database.
export async function provider(named) {
  if (named.length) {
    const [base, pid, database = ''] = named;
    return { base, pid: Number(pid), database, stop: async () => {} };
  }
  const port = Number(process.env.PORT ?? 19000);
  const directory = mkdtempSync(join(process.env.TMPDIR ?? tmpdir(), 'signet-load.'));
  const env = { ...process.env, DIRECTORY: directory, PORT: port, LOG: process.env.LOG ?? '/dev/null' };
  const server = spawn(join(here, 'serve'), { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((done) => server.on('exit', done));
  let said = '';
  server.stderr.on('data', (text) => { said = (said + text).slice(-4000); });
  const pid = await new Promise((done, fail) => {
    server.stdout.once('data', (text) => done(parseInt(text, 10)));
    server.on('exit', () => fail(new Error(`tests/load/serve ended: ${said}`)));
  });
  const stop = async () => {
    server.kill();
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  for (let tries = 0; ; tries += 1) {
    const ready = await fetch(`http://127.0.0.1:${port + 1}/health/ready`).catch(() => null);
    if (ready?.ok) break;
    if (tries > 300) throw new Error('the server does not become ready');
    await sleep(100);
  }
  return { base: `http://127.0.0.1:${port}`, pid, database: process.env.SIGNET_DATABASE__URL ?? `sqlite://${directory}/data/signet.db`, stop };
}

// Resident memory in MB and open files of a process.
export function usage(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return { rss: Number(status.match(/VmRSS:\s+(\d+)/)[1]) / 1024, files: readdirSync(`/proc/${pid}/fd`).length };
}

// How many rows each of the tables has.
export async function rows(database) {
  const sql = `SELECT ${TABLES.map((table) => `(SELECT count(*) FROM ${table})`).join(', ')}`;
  if (database.startsWith('sqlite://')) {
    const { stdout } = await run('sqlite3', ['-readonly', '-cmd', '.timeout 5000', database.slice(9), sql]);
    return stdout.trim().split('|').map(Number);
  }
  if (!database) return TABLES.map(() => NaN);
  const { stdout } = await run('psql', ['-qXAt', '-c', sql, database]);
  return stdout.trim().split('|').map(Number);
}

// Megabytes of an embedded database and of its log.
export function bytes(database) {
  const size = (path) => { try { return statSync(path).size / 1e6; } catch { return 0; } };
  if (!database.startsWith('sqlite://')) return [NaN, NaN];
  return [size(database.slice(9)), size(`${database.slice(9)}-wal`)];
}

const WIDTHS = ['', '', ...TABLES, '', ''].map((name) => Math.max(8, name.length));
const cells = (first, rest) => [...first.map((value) => [value, 8]), ...rest.map((value, index) => [value, WIDTHS[index]])]
  .map(([value, width]) => String(Number.isNaN(value) ? '-' : value).padStart(width)).join(' ');

// The head of the lines that `line` makes.
export const head = (first) => cells(first, ['rss MB', 'files', ...TABLES, 'db MB', 'log MB']);

// How it stands, as a line that begins with these numbers; the resident memory too.
export async function line(first, { pid, database }) {
  const { rss, files } = usage(pid);
  const counted = await rows(database);
  const [db, log] = bytes(database).map((size) => Math.round(size * 10) / 10);
  return { rss, text: cells(first, [Math.round(rss * 10) / 10, files, ...counted, db, log]) };
}
