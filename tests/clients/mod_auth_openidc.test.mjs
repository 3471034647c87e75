// mod_auth_openidc in a real Apache.

import assert from 'node:assert/strict';
import { allow, assertAskedToSignIn, signIn, told } from './harness/person.mjs';
import { startApache } from './harness/apache.mjs';
import { serve } from './harness/app.mjs';
import { freePort } from './harness/port.mjs';
import { story } from './harness/story.mjs';

story(
  'mod_auth_openidc signs Alice in, passes claims on, refreshes and signs out',
  async ({ page, provider, keep }) => {
    const [port, appPort] = [await freePort(), await freePort()];
    const url = `http://localhost:${port}`;
    const registered = await provider.createClient(`
      --client-id apache --name Apache --redirect-uri ${url}/oidc --post-logout-redirect-uri ${url}/
      --grant authorization_code --grant refresh_token
    `);
    keep(await serve((request, response) => response.end(JSON.stringify(request.headers)), appPort));
    const credentials = { CLIENT_ID: registered.client_id, CLIENT_SECRET: registered.client_secret };
    keep(await startApache({ ISSUER: provider.issuer, ...credentials, PORT: port, APP_PORT: appPort }));

    await page.goto(`${url}/page`);
    await signIn(page, provider);
    await allow(page);
    assert.equal(page.url(), `${url}/page`);
    const headers = await told(page);
    assert.equal(headers.oidc_claim_sub, provider.alice.sub);
    assert.equal(headers.oidc_claim_name, provider.alice.name);
    assert.equal(headers.oidc_claim_email, provider.alice.email);
    assert.equal(headers.oidc_claim_groups, provider.alice.group);
    assert.equal((await page.goto(`${url}/staff`)).status(), 200);
    assert.equal((await page.goto(`${url}/board`)).status(), 401);

    const refresh = new URLSearchParams({ refresh: `${url}/page`, access_token: headers.oidc_access_token });
    await page.goto(`${url}/oidc?${refresh}`);
    assert.equal(page.url(), `${url}/page`);
    const refreshed = await told(page);
    assert.equal(refreshed.oidc_claim_sub, provider.alice.sub);
    assert.notEqual(refreshed.oidc_access_token, headers.oidc_access_token);

    // The page that signing out leads back to is protected too.
    await page.goto(`${url}/oidc?${new URLSearchParams({ logout: `${url}/` })}`);
    await assertAskedToSignIn(page, provider);
  },
);
