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
};

/**
 * Starts a provider at http://localhost:PORT, where Alice has an account. Resolves, once it answers, with
 * - `issuer` and `alice` (`username`, `password`, `name`, `email`, `sub`);
 * - `createClient(...flags)`, which is `signet client create` and resolves with its JSON;
 * - `signet(...args)`, any other command, resolving with what it printed;
 * - `discovery()`, the discovery document;
 * - `stop()`.
 */
export async function startProvider() {
  const directory = mkdtempSync(join(tmpdir(), 'signet-clients-'));
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const config = join(directory, 'signet.toml');
  const signet = (args, input) => run(BINARY, [...args, '--config', config], { input });

  await run(BINARY, ['init', '--issuer', issuer, '--dir', directory]);
  const alice = await createAlice(signet);
  const server = await start(BINARY, ['serve', '--config', config], {
    env: {
      ...process.env,
      SIGNET_SERVER__LISTEN: `127.0.0.1:${port}`,
      SIGNET_OUTBOUND__ALLOW: '["localhost:*"]', // The apps that hear of logouts stand on this machine.
      SIGNET_SERVER__MANAGEMENT: `127.0.0.1:${await freePort()}`,
    },
    until: '"message":"ready"',
  });
  return {
    issuer,
    alice,
    signet: (...args) => signet(args),
    createClient: async (...flags) => JSON.parse(await signet(['client', 'create', ...flags, '--json'])),
    discovery: async () => (await fetch(`${issuer}/.well-known/openid-configuration`)).json(),
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
    printed: server.printed,
  };
}

async function createAlice(signet) {
  const flags = ['--username', ALICE.username, '--email', ALICE.email, '--email-verified', '--name', ALICE.name];
  const made = await signet(['user', 'create', ...flags, '--password-stdin', '--json'], ALICE.password);
  return { ...ALICE, sub: JSON.parse(made).sub };
}
