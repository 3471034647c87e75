// The provider under test: `signet serve` on a directory of its own, set up with the command line as an operator would.

import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './port.mjs';
import { run, start } from './program.mjs';

const BINARY = process.env.SIGNET_BIN ?? fileURLToPath(new URL('../../../target/debug/signet', import.meta.url));

const ALICE = {
  username: 'alice',
  password: 'correct horse battery',
  name: 'Alice Example',
  email: 'alice@example.org',
  group: 'staff',
};

/**
 * Starts a provider at http://localhost:PORT, where Alice has an account. Resolves, once it answers, with
 * - `issuer` and `alice` (`username`, `password`, `name`, `email`, `group`, `sub`);
 * - `createClient(flags)`, which is `signet client create` with flags in one text, as one would type them; resolves with its JSON;
 * - `signet(command)`, any other command, resolving with what it printed;
 * - `discovery()`, the discovery document;
 * - `stop()`.
 */
export async function startProvider() {
  const directory = mkdtempSync(join(tmpdir(), 'signet-clients-'));
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const config = join(directory, 'signet.toml');
  const env = {
    ...process.env,
    SIGNET_SERVER__LISTEN: `127.0.0.1:${port}`,
    SIGNET_SERVER__MANAGEMENT: `127.0.0.1:${await freePort()}`,
    SIGNET_OUTBOUND__ALLOW: '["localhost:*"]', // The apps that hear of logouts stand on this machine.
  };
  const signet = (args, input) => run(BINARY, [...args, '--config', config], { input, env });

  await run(BINARY, ['init', '--issuer', issuer, '--dir', directory]);
  const alice = await createAlice(signet);
  const server = await start(BINARY, ['serve', '--config', config], { env, until: '"message":"ready"' });
  return {
    issuer,
    alice,
    signet: (command) => signet(words(command)),
    createClient: async (flags) => JSON.parse(await signet(['client', 'create', ...words(flags), '--json'])),
    discovery: async () => (await fetch(`${issuer}/.well-known/openid-configuration`)).json(),
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
    printed: server.printed,
  };
}

/** No word of ours has a space in it. */
function words(text) {
  return text.trim().split(/\s+/);
}

async function createAlice(signet) {
  const flags = ['--username', ALICE.username, '--email', ALICE.email, '--email-verified', '--name', ALICE.name, '--group', ALICE.group];
  const made = await signet(['user', 'create', ...flags, '--password-stdin', '--json'], ALICE.password);
  return { ...ALICE, sub: JSON.parse(made).sub };
}
