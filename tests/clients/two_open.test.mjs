// Two of these libraries open at once: one sign-in opens both, and signing out of one ends the other by back-channel logout.

import assert from 'node:assert/strict';
import { isAt } from '../browser/browser.mjs';
import { expressOpenidConnectApp } from './apps/express_openid_connect.mjs';
import { startApache } from './harness/apache.mjs';
import { serve } from './harness/app.mjs';
import { assertAskedToSignIn, signIn } from './harness/person.mjs';
import { freePort } from './harness/port.mjs';
import { story } from './harness/story.mjs';

const ENDS_WITHIN_MS = 10_000;

story('signing out of Express ends Apache', async ({ page, provider, keep }) => {
  const { shop, intranet } = await bothOpen({ page, provider, keep });
  await page.goto(`${shop}/logout`);
  await assertAskedToSignIn(page, provider);
  await assertEnds(page, provider, intranet);
});

story('signing out of Apache ends Express', async ({ page, provider, keep }) => {
  const { shop, intranet } = await bothOpen({ page, provider, keep });
  await page.goto(`${intranet}/oidc?${new URLSearchParams({ logout: `${intranet}/` })}`);
  await assertAskedToSignIn(page, provider);
  await assertEnds(page, provider, shop);
});

story('signing out in one browser leaves the other browser signed in', async ({ page, provider, keep }) => {
  const { shop } = await bothOpen({ page, provider, keep });
  const other = await (await page.context().browser().newContext()).newPage();
  await other.goto(shop);
  await signIn(other, provider);

  await page.goto(`${shop}/logout`);
  await assertEnds(page, provider, shop);
  await other.goto(shop);
  assert.ok(isAt(other, shop), `expected the shop at ${shop}, found ${other.url()}`);
});

/** Opens the shop (express-openid-connect) and the intranet (mod_auth_openidc) with one sign-in. */
async function bothOpen({ page, provider, keep }) {
  const shop = await openShop(provider, keep);
  const intranet = await openIntranet(provider, keep);

  await page.goto(shop);
  await signIn(page, provider);
  assert.ok(isAt(page, shop), `expected the shop at ${shop}, found ${page.url()}`);
  await page.goto(intranet);
  assert.ok(isAt(page, intranet), `expected the intranet at ${intranet}, found ${page.url()}`);
  return { shop, intranet };
}

async function openShop(provider, keep) {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const registered = await provider.createClient(`
    --client-id shop --name Shop --first-party --redirect-uri ${url}/callback
    --post-logout-redirect-uri ${url} --backchannel-logout-uri ${url}/backchannel-logout
    --grant authorization_code --grant refresh_token
  `);
  const credentials = { clientId: registered.client_id, clientSecret: registered.client_secret };
  keep(
    await serve(
      expressOpenidConnectApp({ issuer: provider.issuer, ...credentials, url, backchannelLogout: true }),
      port,
    ),
  );
  return url;
}

async function openIntranet(provider, keep) {
  const [port, appPort] = [await freePort(), await freePort()];
  const url = `http://localhost:${port}`;
  const registered = await provider.createClient(`
    --client-id intranet --name Intranet --first-party --redirect-uri ${url}/oidc
    --post-logout-redirect-uri ${url}/ --backchannel-logout-uri ${url}/oidc?logout=backchannel
    --grant authorization_code --grant refresh_token
  `);
  keep(await serve((request, response) => response.end(JSON.stringify(request.headers)), appPort));
  const credentials = { CLIENT_ID: registered.client_id, CLIENT_SECRET: registered.client_secret };
  keep(await startApache({ ISSUER: provider.issuer, ...credentials, PORT: port, APP_PORT: appPort }));
  return url;
}

/** Opens the app again and again, until it no longer knows anybody: a logout is delivered soon after, not before, the answer. */
async function assertEnds(page, provider, app) {
  const until = performance.now() + ENDS_WITHIN_MS;
  do await page.goto(app);
  while (isAt(page, app) && performance.now() < until);
  await assertAskedToSignIn(page, provider);
}
