// Authlib, in its integration for Flask.

import assert from 'node:assert/strict';
import { isAt } from '../browser/browser.mjs';
import { allow, assertAskedToSignIn, signIn, told } from './harness/person.mjs';
import { freePort } from './harness/port.mjs';
import { startPython } from './harness/python.mjs';
import { story } from './harness/story.mjs';

story('Authlib signs Alice in, reads userinfo, refreshes and signs out', async ({ page, provider, keep }) => {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const registered = await provider.createClient(`
    --client-id wiki --name Wiki --redirect-uri ${url}/callback --post-logout-redirect-uri ${url}/
    --grant authorization_code --grant refresh_token
  `);
  const credentials = { CLIENT_ID: registered.client_id, CLIENT_SECRET: registered.client_secret };
  const env = { ISSUER: provider.issuer, ...credentials, PORT: `${port}` };
  keep(await startPython(['authlib_flask.py'], { env, until: 'Running on' }));

  await page.goto(`${url}/login`);
  await signIn(page, provider);
  await allow(page);
  assert.ok(isAt(page, url), `expected the app at ${url}, found ${page.url()}`);
  const { user } = await told(page);
  assert.equal(user.sub, provider.alice.sub);
  assert.equal(user.name, provider.alice.name);
  assert.equal(user.email, provider.alice.email);
  assert.deepEqual(user.groups, [provider.alice.group]);

  await page.goto(`${url}/refresh`);
  assert.deepEqual(await told(page), { user, renewed: true });

  await page.goto(`${url}/logout`);
  assert.equal(new URL(page.url()).pathname, '/');
  assert.deepEqual(await told(page), { user: null });
  await page.goto(`${url}/login`);
  await assertAskedToSignIn(page, provider);
});
