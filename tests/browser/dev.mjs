// The sandbox under test: `signet dev` as a process of its own. Owns starting it, waiting until it answers, and stopping it.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The program under test. */
export const BINARY = process.env.SIGNET_BIN ?? fileURLToPath(new URL('../../target/debug/signet', import.meta.url));
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;

/**
 * Starts a sandbox on free ports and resolves once it answers, with what its ready file says (`issuer`, `users`, `apps`,
 * `clients`, ...) and `stop()`. Rejects, with everything it printed, if it ends or stays silent for a minute.
 */
export async function startDev() {
  const directory = mkdtempSync(join(tmpdir(), 'signet-dev-'));
  const readyFile = join(directory, 'ready.json');
  const child = spawn(BINARY, ['dev', '--port', '0', '--ready-file', readyFile], { stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => printed.push(chunk));
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not start: ${error.message}`));
    child.once('exit', (code, signal) => resolve(signal ? `ended by ${signal}` : `exit code ${code}`));
  });
  // A sandbox must not outlive this process, however it ends.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const forget = () => {
    process.off('exit', kill);
    rmSync(directory, { recursive: true, force: true });
  };

  const failure = await Promise.race([appeared(readyFile, directory), ended, silence(START_LIMIT_MS)]);
  if (failure) {
    kill();
    forget();
    throw new Error(`signet dev did not get ready: ${failure}\n${Buffer.concat(printed)}`);
  }
  const ready = JSON.parse(readFileSync(readyFile, 'utf8'));

  async function stop() {
    child.kill('SIGTERM');
    const outcome = await Promise.race([ended, silence(STOP_LIMIT_MS)]);
    kill();
    forget();
    if (outcome !== 'exit code 0') throw new Error(`signet dev did not stop cleanly: ${outcome}\n${Buffer.concat(printed)}`);
  }
  return { ...ready, stop };
}

/** Resolves when `file` stands in `directory`. It is written by rename, so whoever sees it can read all of it. */
function appeared(file, directory) {
  return new Promise((resolve) => {
    const watcher = watch(directory, { persistent: false }, check);
    function check() {
      if (!existsSync(file)) return;
      watcher.close();
      resolve();
    }
    check();
  });
}

function silence(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, `silent for ${milliseconds / 1000} s`).unref());
}
