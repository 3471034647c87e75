// Asks a filled provider (tests/load/serve) for every list and search of the console, as an owner would, and prints what its log
// says each page took: the median and the most of ROUNDS (5), in milliseconds.
//
// PID=... adds the processor time of that server per page: on a machine that is busy with other work, it tells more.
//
//     signet admin grant alice owner
//     node tests/load/console.mjs http://127.0.0.1:19000 /tmp/filled.log
import { readFileSync } from 'node:fs';

const [base, log] = process.argv.slice(2);
const rounds = Number(process.env.ROUNDS ?? 5);
const bound = Number(process.env.BOUND ?? 100);
const jar = new Map();

async function ask(url, form) {
  for (;;) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { cookie, origin: base, 'x-forwarded-for': '198.51.100.7' };
    const answer = await fetch(url, { headers, redirect: 'manual', ...(form && { method: 'POST', body: new URLSearchParams(form) }) });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      jar.set(name, value);
    }
    const to = answer.headers.get('location');
    if (!to) return { status: answer.status, url, body: await answer.text() };
    [url, form] = [new URL(to, url).href, undefined];
  }
}

const plain = (text) => text.replaceAll('&#38;', '&').replaceAll('&amp;', '&').replaceAll('&#34;', '"').replaceAll('&#61;', '=');
const open = (path) => ask(base + path);

async function signIn() {
  const door = await open('/admin/users');
  const form = door.body.match(/<form[^>]*method="post"[^]*?<\/form>/)[0];
  const fields = [...form.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [plain(name), plain(value)]);
  const to = new URL(plain(form.match(/action="([^"]*)"/)?.[1] ?? ''), door.url).href;
  const inside = await ask(to, [...fields, ['username', 'alice'], ['password', 'correct horse battery staple']]);
  if (!inside.url.includes('/admin/users')) throw new Error(`not at the console: ${inside.url}`);
}

// What is behind the last request in the log.
let read = 0;
async function took() {
  for (let wait = 0; wait < 100; wait += 1) {
    const text = readFileSync(log, 'utf8');
    const lines = text.slice(read).split('\n').filter((line) => line.includes('"duration_ms"'));
    if (lines.length) {
      read = text.length;
      return JSON.parse(lines.at(-1)).duration_ms;
    }
    await new Promise((done) => setTimeout(done, 5));
  }
  throw new Error('the log says nothing');
}

await signIn();
const find = async (path, pattern) => plain((await open(path)).body.match(pattern)?.[1] ?? 'none');
const user = 'user4321';
const sub = await find(`/admin/users?q=${user}`, /\/admin\/users\/([0-9a-f-]{36})/);
const record = (await open('/admin/audit?event=session.end')).body;
const [session] = record.match(/(?<=session=)[0-9a-f-]{36}/) ?? ['none'];
const [request] = record.match(/\b[0-9A-F]{4}-[0-9A-F]{4}\b/) ?? ['none'];
const after = (...place) => encodeURIComponent(JSON.stringify(place));
const pages = {
  '/admin': ['', 'q=a', 'q=user1', `q=${user}`, 'q=load-17', 'q=example zzz', 'q=zzz', `q=${sub}`],
  '/admin/users': ['', `after=${after('user7', 0, 'a')}`, 'q=u', 'q=user12', `q=${user}`, 'q=alice', 'q=user1 ali', 'q=example zzz', 'q=zzz',
    'group=load-1', 'group=load-7&q=user9', 'group=load-7&state=locked', 'state=locked', 'state=active', 'state=locked&q=user', 'admins=on'],
  [`/admin/users/${sub}`]: [''],
  '/admin/groups': [''],
  '/admin/groups/load-1': ['', `after=${after('user5', 0, 'a')}`],
  '/admin/clients': ['', `after=${after('the', 0, 'a')}`, 'q=l', 'q=load-1', 'q=load-17', 'q=load zzz', 'state=enabled', 'state=disabled', 'kind=public',
    'kind=confidential', 'kind=first_party', 'kind=public&state=disabled&q=load'],
  '/admin/clients/load-17': [''],
  '/admin/sessions': ['', 'any=on', `user=${user}`, 'client=load-17', 'address=192.0.2.7', 'address=10.0.0.0/8', 'address=10.17.0.0/16', 'address=0.0.0.0/0',
    'address=10.0.0.0/8&client=load-17', 'address=192.0.2.7&client=load-17', 'address=0.0.0.0/0&client=nobody', 'begun_from=1h', 'begun_before=6h',
    'begun_before=6h&client=load-17', 'begun_before=6h&address=10.0.0.0/8', 'begun_from=1h&begun_before=59m&address=192.0.2.7',
    `user=${user}&client=load-17&address=10.0.0.0/8&any=on`],
  '/admin/revocations': ['', 'kind=session', 'kind=token', 'kind=user', `id=${session}`],
  '/admin/audit': ['', 'since=24h', 'until=6h', 'since=7h&until=6h', `actor=${sub}`, `subject=${sub}`, 'client=load-17', 'event=user.login', 'event=user.*',
    'event=key.*', 'event=*', 'outcome=done', 'outcome=refused', 'address=192.0.2.7', 'address=10.0.0.0/8', 'address=10.17.0.0/16', 'address=10.17.3.0/24',
    'address=0.0.0.0/0', `session=${session}`, `correlation_id=${request}`, 'kid=none', 'address=10.0.0.0/8&event=key.*', 'address=10.0.0.0/8&outcome=refused',
    'address=192.0.2.7&outcome=refused', 'event=user.login&outcome=refused', 'event=session.end&address=10.0.0.0/8&until=6h',
    'outcome=refused&event=user.*&address=10.17.0.0/16'],
  '/admin/flows': ['', 'client=load-17'],
  '/admin/keys': [''],
  '/admin/administrators': [''],
};
// In milliseconds, of hundredths of a second.
function processor() {
  if (!process.env.PID) return NaN;
  const fields = readFileSync(`/proc/${process.env.PID}/stat`, 'utf8').split(') ')[1].split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

let slow = 0;
for (const [path, queries] of Object.entries(pages)) {
  for (const query of queries) {
    const times = [];
    let answer;
    const before = processor();
    for (let round = 0; round < rounds; round += 1) {
      read = readFileSync(log, 'utf8').length;
      answer = await open(query ? `${path}?${query.replaceAll(' ', '+')}` : path);
      times.push(await took());
    }
    const cpu = process.env.PID ? ` ${((processor() - before) / rounds).toFixed(1)} |` : '';
    times.sort((one, other) => one - other);
    const [median, most] = [times[times.length >> 1], times.at(-1)];
    slow += median > bound ? 1 : 0;
    const lines = Math.max(0, answer.body.split('<tr>').length - 2);
    console.log(`| ${path} | ${decodeURIComponent(query)} | ${median} | ${most} |${cpu} ${answer.status === 200 ? lines : `answered ${answer.status}`} |`);
  }
}
process.exitCode = slow ? 1 : 0;
