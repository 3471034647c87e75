// The management API, fuzzed from its own document by Schemathesis: whatever is sent, every answer is one the document describes,
// and none is a server error.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startProvider } from './harness/provider.mjs';
import { runPython } from './harness/python.mjs';

const LIMIT_MS = 180_000;
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'response_headers_conformance',
];
// What ends the run itself when it meets the program that fuzzes: its signing key, its client, its roles.
const LEFT_OUT = ['revokeKey', 'disableClient', 'deleteClient', 'setClientRoles'];

/** A token for everything, of a program that is an owner. */
async function ownersToken(provider, document) {
  const api = `${provider.issuer}/api/v1`;
  const robot = await provider.createClient(`--client-id robot --grant client_credentials --resource ${api}`);
  await provider.signet('admin grant --client robot owner');
  const { scopes } = document.components.securitySchemes.signet.flows.clientCredentials;
  const response = await fetch(`${provider.issuer}/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${btoa(`robot:${robot.client_secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: api, scope: Object.keys(scopes).join(' ') }),
  });
  const answer = await response.json();
  assert.ok(answer.access_token, JSON.stringify(answer));
  return answer.access_token;
}

test('whatever is sent to the management API, its answer is one it documents', { timeout: LIMIT_MS }, async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'signet-api-')); // The fuzzer remembers failures where it runs.
  const provider = await startProvider();
  try {
    const url = `${provider.issuer}/api/openapi.json`;
    const document = await (await fetch(url)).json();
    const token = await ownersToken(provider, document);
    // An edition that fits everything: else no change would get as far as being made.
    const headers = ['--header', `Authorization: Bearer ${token}`, '--header', 'If-Match: *'];
    const bounds = ['--seed', '7', '--max-examples', '10', '--workers', '2', '--generation-database', 'none'];
    const told = ['--checks', CHECKS.join(','), '--continue-on-failure', '--warnings', 'off', '--no-color'];
    const left = LEFT_OUT.flatMap((id) => ['--exclude-operation-id', id]);
    const args = ['run', url, '--url', `${provider.issuer}/api/v1`, ...headers, ...bounds, ...told, ...left];
    const printed = await runPython(['-m', 'schemathesis.cli', ...args], {}, { cwd, limit: LIMIT_MS });

    const count = Object.values(document.paths).flatMap((path) => Object.keys(path)).length;
    assert.match(printed, new RegExp(`Tested:\\s+${count - LEFT_OUT.length}\\b`));
    const after = await fetch(`${provider.issuer}/api/v1/me`, { headers: { Authorization: `Bearer ${token}` } });
    assert.equal(after.status, 200, 'the token counted to the end');
  } finally {
    await provider.stop();
    rmSync(cwd, { recursive: true, force: true });
  }
});
