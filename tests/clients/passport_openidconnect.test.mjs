// passport-openidconnect, Passport's strategy.

import assert from 'node:assert/strict';
import { isAt } from '../browser/browser.mjs';
import { passportApp } from './apps/passport_openidconnect.mjs';
import { serve } from './harness/app.mjs';
import { allow, assertAskedToSignIn, signIn, told } from './harness/person.mjs';
import { freePort } from './harness/port.mjs';
import { story } from './harness/story.mjs';

story('passport-openidconnect signs Alice in, reads userinfo and signs out', async ({ page, provider, keep }) => {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const registered = await provider.createClient(`
    --client-id forum --name Forum --redirect-uri ${url}/callback --post-logout-redirect-uri ${url}/
    --auth-method client_secret_post --no-require-pkce
  `);
  const credentials = { clientId: registered.client_id, clientSecret: registered.client_secret };
  keep(await serve(passportApp({ provider: await provider.discovery(), ...credentials, url }), port));

  await page.goto(`${url}/login`);
  await signIn(page, provider);
  await allow(page);
  assert.ok(isAt(page, url), `expected the app at ${url}, found ${page.url()}`);
  const { user } = await told(page);
  assert.equal(user.id, provider.alice.sub);
  assert.equal(user.displayName, provider.alice.name);
  assert.equal(user.emails[0].value, provider.alice.email);

  await page.goto(`${url}/logout`);
  assert.equal(page.url(), `${url}/`);
  assert.deepEqual(await told(page), { user: null });
  await page.goto(`${url}/login`);
  await assertAskedToSignIn(page, provider);
});
