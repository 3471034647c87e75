// See tests/load/soak.
import http from 'node:http';
import { createHash, randomBytes } from 'node:crypto';
import { head, line, provider, sleep } from './watch.mjs';

const seconds = Number(process.env.DURATION ?? 300);
const workers = Number(process.env.WORKERS ?? 8);
const bound = Number(process.env.BOUND ?? 8);
const server = await provider(process.argv.slice(2));
const CALLBACK = 'http://127.0.0.1:9/cb';
const basic = (id, secret) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const WEB = basic('web', 'load-web-7nTe1wQkR4yUo0pAsD2fGhJ9lZxCvBm');
const CC = basic('cc', 'load-cc-5uKq0vYdW2mZr8tLxN3bE9sHcJ6aPfGi');

let done = 0;
let over = false;
const wrong = [];

// Someone with a connection, cookies and an address of their own.
class Visitor {
  constructor(number) {
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    this.address = `2001:db8:0:${number.toString(16)}::1`;
    this.jar = new Map();
  }

  send(method, path, { form, headers = {} } = {}) {
    const body = form && new URLSearchParams(form).toString();
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const all = { 'x-forwarded-for': this.address, origin: server.base, ...(cookie && { cookie }), ...headers };
    if (body !== undefined) Object.assign(all, { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) });
    const url = new URL(path, server.base);
    return new Promise((resolve, reject) => {
      const request = http.request(url, { method, headers: all, agent: this.agent }, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (part) => { text += part; });
        answer.on('end', () => {
          for (const cookie of answer.headers['set-cookie'] ?? []) {
            const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
            this.jar.set(name, value);
          }
          resolve({ status: answer.statusCode, headers: answer.headers, text, url });
        });
        answer.on('error', reject);
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  // What must be answered so.
  async expect(status, what, ...request) {
    const answer = await this.send(...request);
    done += 1;
    if (answer.status !== status) {
      wrong.push(`${what}: ${answer.status} instead of ${status}: ${answer.text.slice(0, 200)}`);
      throw new Error('not as expected');
    }
    return answer;
  }

  token(what, form, status = 200) {
    return this.expect(status, what, 'POST', '/token', { form, headers: { authorization: WEB } });
  }
}

const plain = (text) => text.replaceAll('&#38;', '&').replaceAll('&amp;', '&').replaceAll('&#34;', '"').replaceAll('&#61;', '=');

function request() {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: 'web', redirect_uri: CALLBACK, response_type: 'code', scope: 'openid profile email offline_access', state: 'soak',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
  });
  return { verifier, path: `/authorize?${query}` };
}

async function signIn(visitor) {
  visitor.jar.clear();
  const { path, verifier } = request();
  const sent = await visitor.expect(303, 'a new visitor', 'GET', path);
  const door = await visitor.expect(200, 'the door', 'GET', sent.headers.location);
  const form = door.text.match(/<form[^>]*method="post"[^]*?<\/form>/)[0];
  const fields = [...form.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [plain(name), plain(value)]);
  const action = new URL(plain(form.match(/action="([^"]*)"/)[1]), door.url);
  const password = [['username', 'alice'], ['password', 'correct horse battery staple']];
  const landed = await visitor.expect(303, 'a sign-in', 'POST', action.pathname + action.search, { form: [...fields, ...password] });
  return redeem(visitor, landed, verifier);
}

async function redeem(visitor, landed, verifier) {
  const code = new URL(landed.headers.location, server.base).searchParams.get('code');
  const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: verifier };
  return JSON.parse((await visitor.token('a code', form)).text);
}

const refresh = (visitor, token, status) =>
  visitor.token('a refresh', { grant_type: 'refresh_token', refresh_token: token }, status);
const bearer = (tokens) => ({ headers: { authorization: `Bearer ${tokens.access_token}` } });
const asked = (token) => ({ form: { token }, headers: { authorization: WEB } });

// One round of what apps and people do; now and then somebody signs in anew, gives a token back, or replays one.
async function round(visitor, number, tokens) {
  if (number % 50 === 0) tokens = await signIn(visitor);
  const { path, verifier } = request();
  const other = await redeem(visitor, await visitor.expect(303, 'a code in a session', 'GET', path), verifier);
  const first = tokens.refresh_token;
  tokens = JSON.parse((await refresh(visitor, first)).text);
  await visitor.expect(200, 'userinfo', 'GET', '/userinfo', bearer(tokens));
  await visitor.expect(200, 'introspection', 'POST', '/introspect', asked(tokens.access_token));
  await visitor.expect(200, 'discovery', 'GET', '/.well-known/openid-configuration');
  await visitor.expect(200, 'the JWK Set', 'GET', '/jwks');
  const machine = { grant_type: 'client_credentials', scope: 'api', resource: 'urn:api:es' };
  await visitor.expect(200, 'a machine', 'POST', '/token', { form: machine, headers: { authorization: CC } });
  if (number % 5 === 1) {
    await visitor.expect(200, 'a revocation', 'POST', '/revoke', asked(other.refresh_token));
    await visitor.expect(401, 'userinfo after a revocation', 'GET', '/userinfo', bearer(other));
    await refresh(visitor, other.refresh_token, 400);
  }
  if (number % 25 === 2) {
    tokens = JSON.parse((await refresh(visitor, tokens.refresh_token)).text);
    // Theft: all of the family ends.
    await refresh(visitor, first, 400);
    await refresh(visitor, tokens.refresh_token, 400);
    tokens = other;
  }
  if (number % 10 === 3) {
    const cookies = visitor.jar;
    visitor.jar = new Map();
    await visitor.expect(303, 'somebody who never comes back', 'GET', path);
    visitor.jar = cookies;
    await visitor.expect(400, 'an unknown app', 'GET', '/authorize?client_id=nobody&response_type=code');
    await visitor.token('a code nobody gave', { grant_type: 'authorization_code', code: 'x', redirect_uri: CALLBACK }, 400);
  }
  return tokens;
}

async function work(number) {
  const visitor = new Visitor(number + 1);
  let tokens;
  for (let count = 0; !over; count += 1) {
    try {
      tokens = await round(visitor, count, tokens);
    } catch (error) {
      if (error.message !== 'not as expected') wrong.push(String(error));
      if (wrong.length > 100) over = true;
      count = -1;
      await sleep(100);
    }
  }
}

// Of the line through the points that fits best: how much it rises from the first to the last.
function rise(points) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map((point) => point[0])), mean(points.map((point) => point[1]))];
  const slope = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  return slope * (points.at(-1)[0] - points[0][0]);
}

const began = Date.now();
const all = Array.from({ length: workers }, (_, number) => work(number));
console.log(head(['s', 'ops/s', 'wrong']));
const points = [];
let before = 0;
while (!over && Date.now() - began < seconds * 1000) {
  await sleep(Math.min(10_000, seconds * 100));
  const at = (Date.now() - began) / 1000;
  const { rss, text } = await line([Math.round(at), Math.round((done - before) / Math.min(10, seconds / 10)), wrong.length], server);
  before = done;
  points.push([at, rss]);
  console.log(text);
}
over = true;
await Promise.all(all);
const late = points.filter(([at]) => at >= seconds * 0.4);
const grown = late.length > 2 ? rise(late) : NaN;
await server.stop();
console.log(`${done} requests; in the last three fifths memory grew by ${grown.toFixed(1)} MB, at most ${bound} are allowed; ${wrong.length} wrong answers`);
for (const text of wrong.slice(0, 10)) console.log(text);
process.exit(wrong.length === 0 && grown <= bound ? 0 : 1);
