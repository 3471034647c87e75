// Other people's programs and ours, as processes. Owns running one to its end, keeping one up, and that none outlives the story.

import { spawn } from 'node:child_process';

const RUN_LIMIT_MS = 30_000;
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 10_000;

// Without a listener these signals end this process before it can take its programs along.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/**
 * Runs a program to its end, with `input` on its standard input, and resolves with what it wrote to standard output. It has half a
 * minute, or `limit` milliseconds.
 */
export async function run(command, args, { input = '', limit = RUN_LIMIT_MS, ...options } = {}) {
  const program = launch(command, args, options);
  program.child.stdin.end(input);
  const outcome = await Promise.race([program.ended, silence(limit)]);
  program.kill();
  if (outcome !== 'exit code 0') throw new Error(`${command} ${args.join(' ')}: ${outcome}\n${program.printed()}`);
  return program.output();
}

/**
 * Starts a program that stays, and resolves once it has printed `until` (a text it prints when it answers). It is
 * ended by `stop()`, with `signal` if SIGTERM is not how it is told to go. Its words are in `printed()`.
 */
export async function start(command, args, { until, signal = 'SIGTERM', ...options }) {
  const program = launch(command, args, options);
  program.child.stdin.end();
  const failure = await Promise.race([program.says(until), program.ended, silence(START_LIMIT_MS)]);
  if (failure) {
    program.kill();
    throw new Error(`${command} ${args.join(' ')} did not get ready: ${failure}\n${program.printed()}`);
  }
  async function stop() {
    program.child.kill(signal);
    await Promise.race([program.ended, silence(STOP_LIMIT_MS)]);
    program.kill();
  }
  return { stop, printed: program.printed };
}

function launch(command, args, options) {
  // A process group of its own: Apache ends its whole group, and its workers are to go with it in any case.
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options, detached: true });
  const chunks = { stdout: [], stderr: [], both: [] };
  for (const name of ['stdout', 'stderr']) {
    child[name].on('data', (chunk) => {
      chunks[name].push(chunk);
      chunks.both.push(chunk);
    });
  }
  child.stdin.on('error', () => {}); // It may end without reading everything; how it ended tells more.
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not start: ${error.message}`));
    child.once('close', (code, sign) => resolve(sign ? `ended by ${sign}` : `exit code ${code}`));
  });
  const kill = () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Nobody is left.
    }
  };
  process.once('exit', kill);
  ended.then(() => process.off('exit', kill));

  const printed = () => Buffer.concat(chunks.both).toString();
  const says = (words) =>
    new Promise((resolve) => {
      const look = () => printed().includes(words) && resolve();
      child.stdout.on('data', look);
      child.stderr.on('data', look);
    });
  return { child, ended, kill, printed, says, output: () => Buffer.concat(chunks.stdout).toString() };
}

function silence(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, `silent for ${milliseconds / 1000} s`).unref());
}
