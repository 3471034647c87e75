// "Your own app in five minutes" of the README, as it stands there: only ports, the way to the program and the typing of a
// password are replaced.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isAt, withPage } from '../browser/browser.mjs';
import { allow, assertAskedToSignIn, signIn } from './harness/person.mjs';
import { freePort } from './harness/port.mjs';
import { run, start } from './harness/program.mjs';

const file = (path) => fileURLToPath(new URL(path, import.meta.url));
const BINARY = process.env.SIGNET_BIN ?? file('../../target/debug/signet');
const alice = { username: 'alice', password: 'maple-otter-42' };

test('a newcomer signs in to an app of their own by the README alone', { timeout: 120_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'signet-readme-'));
  const kept = [];
  try {
    const { commands, app, env, issuer, url } = await theReadme();
    const cwd = directory;
    let printed = '';
    for (const command of commands) printed += await run('sh', ['-c', command], { cwd, env, input: alice.password });
    kept.push(await start('signet', ['serve'], { cwd, env, until: '"message":"ready"' }));

    writeFileSync(join(directory, 'hello.mjs'), app);
    symlinkSync(file('node_modules'), join(directory, 'node_modules')); // What the README lets npm install.
    const CLIENT_SECRET = /client_secret +(\S+)/.exec(printed)[1];
    kept.push(await start(process.execPath, ['hello.mjs'], { cwd, env: { ...env, CLIENT_SECRET }, until: url }));
    await withPage({}, (page) => signInAndOut(page, { issuer, alice }, url));
  } finally {
    for (const program of kept.reverse()) await program.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});

async function signInAndOut(page, provider, url) {
  await page.goto(url);
  await signIn(page, provider);
  await allow(page);
  assert.ok(isAt(page, url), `expected the app at ${url}, found ${page.url()}`);
  assert.match(await page.locator('h1').innerText(), /^Hello, Alice Example$/);
  await page.getByRole('link', { name: 'Sign out' }).click();
  await page.waitForURL(`${provider.issuer}/**`);
  await assertAskedToSignIn(page, provider);
}

/** What the README lets one type and write, on ports nobody listens on. */
async function theReadme() {
  const [listen, management, own] = [await freePort(), await freePort(), await freePort()];
  const text = readFileSync(file('../../README.md'), 'utf8')
    .replaceAll('localhost:8080', `localhost:${listen}`)
    .replaceAll('localhost:3000', `localhost:${own}`)
    .replaceAll('listen(3000', `listen(${own}`);
  const part = text.slice(text.indexOf('\n## Your own app'), text.indexOf('\n## For real'));
  const [setup, app] = [...part.matchAll(/```\w*\n(.*?)```/gs)].map((block) => block[1]);
  const typed = setup.replaceAll('\\\n', ' ').trim().split('\n');
  const commands = typed.filter((line) => line.startsWith('signet ') && line !== 'signet serve');
  assert.equal(commands.length, 3, typed.join('\n'));
  return {
    commands: commands.map((line) => line.replace(/--password$/, '--password-stdin')),
    app,
    issuer: `http://localhost:${listen}`,
    url: `http://localhost:${own}`,
    env: {
      ...process.env,
      PATH: `${dirname(BINARY)}:${process.env.PATH}`,
      SIGNET_SERVER__LISTEN: `127.0.0.1:${listen}`,
      SIGNET_SERVER__MANAGEMENT: `127.0.0.1:${management}`,
    },
  };
}
