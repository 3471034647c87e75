// See tests/load/abandon.
import net from 'node:net';
import { head, line, provider, rows, sleep } from './watch.mjs';

const count = Number(process.env.COUNT ?? 1_000_000);
const server = await provider(process.argv.slice(2));
const { hostname, port } = new URL(server.base);
const query = new URLSearchParams({
  client_id: 'web', redirect_uri: 'http://127.0.0.1:9/cb', response_type: 'code', scope: 'openid offline_access', state: 'abandoned',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256',
});

// One network may leave 10,000 in ten minutes: each of these leaves 5,000.
const NETWORK = 5_000;
// Requests sent at once over a connection; their answers are read before the next.
const BATCH = 50;
let sent = 0;
let answered = 0;
const others = new Map();

function batch() {
  let text = '';
  for (let number = 0; number < BATCH; number += 1, sent += 1) {
    const network = Math.floor(sent / NETWORK);
    const from = `2001:db8:${(network >> 16).toString(16)}:${(network & 0xffff).toString(16)}::1`;
    text += `GET /authorize?${query} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nX-Forwarded-For: ${from}\r\n\r\n`;
  }
  return text;
}

function stream() {
  return new Promise((done, fail) => {
    const socket = net.connect(Number(port), hostname);
    let open = 0;
    let rest = '';
    const next = () => {
      if (sent >= count) return socket.end();
      open = BATCH;
      return socket.write(batch());
    };
    socket.on('connect', next);
    socket.on('data', (data) => {
      rest += data.toString('latin1');
      const heads = rest.match(/HTTP\/1\.1 \d{3} /g) ?? [];
      for (const head of heads) {
        const status = head.slice(9, 12);
        answered += 1;
        open -= 1;
        if (status !== '303') others.set(status, (others.get(status) ?? 0) + 1);
      }
      // An answer may begin with the last bytes of what came.
      rest = rest.slice(-12).match(/H[^]*$/)?.[0].replace(/HTTP\/1\.1 \d{3} /g, '') ?? '';
      if (open <= 0) next();
    });
    socket.on('error', fail);
    socket.on('close', done);
  });
}

// Somebody who asks for a page every now and then, and how long that took at most.
let slowest = 0;
let over = false;
async function honest() {
  while (!over) {
    const began = performance.now();
    const answer = await fetch(`${server.base}/authorize?${query}`, { redirect: 'manual', headers: { 'x-forwarded-for': '192.0.2.1' } });
    if (answer.status !== 303) others.set(`honest ${answer.status}`, (others.get(`honest ${answer.status}`) ?? 0) + 1);
    await answer.arrayBuffer();
    slowest = Math.max(slowest, performance.now() - began);
    await sleep(200);
  }
}

const began = Date.now();
console.log(`${head(['s', 'answered'])} slowest`);
const tell = async () => {
  const { rss, text } = await line([Math.round((Date.now() - began) / 1000), answered], server);
  console.log(`${text} ${String(Math.round(slowest)).padStart(7)}`);
  slowest = 0;
  return rss;
};
const person = honest();
let ended = false;
const streams = Promise.all([1, 2, 3, 4].map(stream)).then(() => { ended = true; });
while (!ended) {
  await Promise.race([sleep(10_000), streams]);
  await tell();
}
// Two sweeps later nothing is left beyond the bound.
const sweeps = Date.now();
while (Date.now() - sweeps < 130_000) {
  await sleep(10_000);
  await tell();
}
over = true;
await person;
const [left] = await rows(server.database);
await server.stop();
console.log(`${answered} answers, others than 303: ${JSON.stringify(Object.fromEntries(others))}; ${left} saved requests are left`);
process.exit(others.size === 0 && answered >= count && left <= 251_000 ? 0 : 1);
