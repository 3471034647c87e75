// openid-client, the OpenID-certified library for Node.

import assert from 'node:assert/strict';
import * as client from 'openid-client';
import { isAt } from '../browser/browser.mjs';
import { openidClientApp } from './apps/openid_client.mjs';
import { serve } from './harness/app.mjs';
import { allow, assertAskedToSignIn, signIn, told } from './harness/person.mjs';
import { freePort } from './harness/port.mjs';
import { story } from './harness/story.mjs';

story('openid-client signs Alice in, reads userinfo, refreshes and signs out', async ({ page, provider, keep }) => {
  const { url } = await signedIn({ page, provider, keep });
  const { user } = await told(page);
  assert.equal(user.sub, provider.alice.sub);
  assert.equal(user.name, provider.alice.name);
  assert.equal(user.email, provider.alice.email);
  assert.deepEqual(user.groups, [provider.alice.group]);

  await page.goto(`${url}/refresh`);
  assert.deepEqual(await told(page), { user, renewed: true });

  await page.goto(`${url}/logout`);
  assert.equal(page.url(), `${url}/`);
  assert.deepEqual(await told(page), { user: null });
  await page.goto(`${url}/login`);
  await assertAskedToSignIn(page, provider);
});

story('openid-client introspects and revokes', async ({ page, provider, keep }) => {
  const { url } = await signedIn({ page, provider, keep });
  await page.goto(`${url}/introspect`);
  const token = await told(page);
  assert.equal(token.active, true);
  assert.equal(token.sub, provider.alice.sub);
  assert.equal(token.client_id, 'web');

  await page.goto(`${url}/revoke`);
  assert.deepEqual(await told(page), { outcome: 'invalid_grant' });
  await page.goto(`${url}/introspect`);
  assert.deepEqual(await told(page), { active: false }, 'the access token went with the refresh token');
});

story('openid-client gets a token for itself', async ({ provider }) => {
  await provider.signet('resource create --identifier https://api.example.com --scope reports:read');
  const registered = await provider.createClient(`
    --client-id nightly --name Nightly --grant client_credentials --auth-method client_secret_post
    --scope reports:read --resource https://api.example.com
  `);
  const config = await client.discovery(new URL(provider.issuer), 'nightly', registered.client_secret, undefined, {
    execute: [client.allowInsecureRequests],
  });
  const resource = 'https://api.example.com';
  const tokens = await client.clientCredentialsGrant(config, { scope: 'reports:read', resource });
  assert.equal(tokens.scope, 'reports:read');
  assert.equal(tokens.refresh_token, undefined);
  const token = await client.tokenIntrospection(config, tokens.access_token);
  assert.equal(token.active, true);
  assert.equal(token.sub, 'nightly');
});

async function signedIn({ page, provider, keep }) {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const registered = await provider.createClient(`
    --client-id web --name Web --auth-method client_secret_post --redirect-uri ${url}/callback
    --post-logout-redirect-uri ${url}/ --grant authorization_code --grant refresh_token
  `);
  const settings = {
    issuer: provider.issuer,
    clientId: registered.client_id,
    clientSecret: registered.client_secret,
    url,
  };
  const { app } = await openidClientApp(settings);
  keep(await serve(app, port));

  await page.goto(`${url}/login`);
  await signIn(page, provider);
  await allow(page);
  assert.ok(isAt(page, url), `expected the app at ${url}, found ${page.url()}`);
  return { url };
}
