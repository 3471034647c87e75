// The program under test as a process of its own: the sandbox, `signet dev`, and a server nobody owns yet. Owns starting them,
// waiting until they answer, and stopping them.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { createServer } from 'node:net';
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
  const appears = appeared(readyFile, directory);
  const stop = await start('dev', directory, ['dev', '--port', '0', '--ready-file', readyFile], () => appears);
  return { ...JSON.parse(readFileSync(readyFile, 'utf8')), stop };
}

/**
 * Starts a server with an empty database, as `signet init` leaves it, and resolves with its `issuer`, the link to its `setup`
 * it printed, and `stop()`.
 */
export async function startEmpty() {
  const directory = mkdtempSync(join(tmpdir(), 'signet-empty-'));
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const made = spawnSync(BINARY, ['init', '--issuer', issuer], { cwd: directory, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`signet init: ${made.stdout}${made.stderr}`);
  const bound = ['--set', `server.listen=127.0.0.1:${port}`, '--set', 'server.management=127.0.0.1:0'];
  let setup;
  const linked = (child) => new Promise((resolve) => {
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += chunk;
      setup = text.match(/^\s*(http\S+\/setup\/\S+)\n/m)?.[1];
      if (setup) resolve();
    });
  });
  const stop = await start('serve', directory, ['serve', ...bound], linked);
  return { issuer, setup, stop };
}

/**
 * Runs a command of the program in `directory` until `ready(child)` resolves; answers with what stops it and removes the
 * directory. Rejects, with everything it printed, if it ends before or stays silent.
 */
async function start(command, directory, args, ready) {
  const child = spawn(BINARY, args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
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

  const failure = await Promise.race([ready(child), ended, silence(START_LIMIT_MS)]);
  if (failure) {
    kill();
    forget();
    throw new Error(`signet ${command} did not get ready: ${failure}\n${Buffer.concat(printed)}`);
  }

  return async function stop() {
    child.kill('SIGTERM');
    const outcome = await Promise.race([ended, silence(STOP_LIMIT_MS)]);
    kill();
    forget();
    if (outcome === 'exit code 0') return;
    throw new Error(`signet ${command} did not stop cleanly: ${outcome}\n${Buffer.concat(printed)}`);
  };
}

/** A port nobody listens at just now. */
async function freePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
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
