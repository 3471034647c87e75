// A private Apache with mod_auth_openidc in front of an app: its own configuration, process file and port, nothing of the
// machine's own Apache.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start } from './program.mjs';

const CONFIGURATION = fileURLToPath(new URL('../apps/mod_auth_openidc.conf', import.meta.url));
const MODULES = process.env.APACHE_MODULES ?? '/usr/lib/apache2/modules';
const PROGRAM = process.env.APACHE ?? '/usr/sbin/apache2';

/** Why there can be no Apache here, or undefined. */
export function apacheMissing() {
  return [PROGRAM, join(MODULES, 'mod_auth_openidc.so')].find((file) => !existsSync(file));
}

/** Starts Apache with apps/mod_auth_openidc.conf, where `${NAME}` stands for a member of `settings`. */
export async function startApache(settings) {
  const directory = mkdtempSync(join(tmpdir(), 'signet-apache-'));
  const file = join(directory, 'apache.conf');
  writeFileSync(
    file,
    filled(readFileSync(CONFIGURATION, 'utf8'), { DIRECTORY: directory, MODULES, ...settings }) + user(),
  );
  const apache = await start(PROGRAM, ['-f', file, '-DFOREGROUND'], {
    env: { ...process.env, TMPDIR: directory },
    until: 'configured -- resuming',
  });
  return {
    printed: apache.printed,
    async stop() {
      await apache.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function filled(template, values) {
  return template.replace(/\$\{([A-Z_]+)\}/g, (whole, name) => {
    if (values[name] === undefined) throw new Error(`${name} is not among the settings`);
    return values[name];
  });
}

/** Apache refuses to serve as root. */
function user() {
  return process.getuid() === 0 ? '\nUser www-data\nGroup www-data\n' : '';
}
