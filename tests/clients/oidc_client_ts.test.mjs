// oidc-client-ts, a library for apps that live in the browser alone: public clients, and every request crosses origins.

import assert from 'node:assert/strict';
import { pressButton } from '../browser/browser.mjs';
import { singlePageApp } from './apps/oidc_client_ts.mjs';
import { serve } from './harness/app.mjs';
import { allow, assertAskedToSignIn, signIn, told } from './harness/person.mjs';
import { freePort } from './harness/port.mjs';
import { story } from './harness/story.mjs';

const SCOPE = 'openid profile email';

story('oidc-client-ts signs Alice in, renews in a frame and signs out', async ({ page, provider, keep }) => {
  const { url, user } = await signedIn({ page, provider, keep }, { scope: SCOPE, flags: '' });
  assert.equal(user.profile.sub, provider.alice.sub);
  assert.equal(user.profile.name, provider.alice.name);
  assert.equal(user.profile.email, provider.alice.email);
  assert.equal(user.refresh_token, undefined);

  // The app and Signet are both `localhost`, one site on two ports: the frame may send Signet's cookie.
  const renewed = await step(page, 'Renew', 'renewed');
  assert.equal(renewed.profile.sub, provider.alice.sub);
  assert.notEqual(renewed.access_token, user.access_token);

  await signOut({ page, provider, url });
});

story('oidc-client-ts renews with a refresh token, and gives it back', async ({ page, provider, keep }) => {
  const flags = '--grant authorization_code --grant refresh_token';
  const { url, user } = await signedIn({ page, provider, keep }, { scope: `${SCOPE} offline_access`, flags });
  assert.ok(user.refresh_token);

  const renewed = await step(page, 'Renew', 'renewed');
  assert.notEqual(renewed.access_token, user.access_token);
  assert.notEqual(renewed.refresh_token, user.refresh_token);
  assert.equal(renewed.profile.name, provider.alice.name);

  const revoked = await step(page, 'Revoke', 'revoked');
  assert.equal(revoked.refresh_token ?? null, null);
  await signOut({ page, provider, url });
});

/** Opens a single-page app that asks for `scope`, and signs Alice in. */
async function signedIn({ page, provider, keep }, { scope, flags }) {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const { client_id } = await provider.createClient(`
    --client-id spa --name App --public --redirect-uri ${url}/ --redirect-uri ${url}/silent.html
    --post-logout-redirect-uri ${url}/ ${flags}
  `);
  keep(await serve(singlePageApp({ issuer: provider.issuer, clientId: client_id, scope, url }), port));

  await page.goto(url);
  assert.equal(await who(page, 'here'), null);
  await pressButton(page, 'Sign in');
  await signIn(page, provider);
  await allow(page);
  return { url, user: await who(page, 'here') };
}

async function signOut({ page, provider, url }) {
  await pressButton(page, 'Sign out');
  assert.equal(page.url(), `${url}/`);
  assert.equal(await who(page, 'here'), null);
  await pressButton(page, 'Sign in');
  await assertAskedToSignIn(page, provider);
}

/** Presses a button that leaves the page where it is, and resolves with the user once the app has come to `name`. */
async function step(page, button, name) {
  await page.getByRole('button', { name: button, exact: true }).click();
  return who(page, name);
}

async function who(page, name) {
  await page.locator(`html[data-step=${name}], html[data-step=failed]`).waitFor();
  return (await told(page)).user;
}
