// Python apps, in the virtual environment that holds tests/clients/requirements.txt.

import { fileURLToPath } from 'node:url';
import { run, start } from './program.mjs';

const APPS = fileURLToPath(new URL('../apps', import.meta.url));
const PYTHON = process.env.SIGNET_CLIENTS_PYTHON ?? fileURLToPath(new URL('../.venv/bin/python', import.meta.url));

/** Runs Python to its end, in the directory of the apps, with `env` added to the environment; `options` as of `run`. */
export function runPython(args, env, options) {
  return run(PYTHON, args, { ...surroundings(env), ...options });
}

/** Starts Python as `start` does. */
export function startPython(args, { env, until }) {
  return start(PYTHON, args, { until, ...surroundings(env) });
}

function surroundings(env) {
  return { cwd: APPS, env: { ...process.env, PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1', ...env } };
}
