// express-openid-connect, Auth0's middleware for Express.

import assert from 'node:assert/strict';
import { isAt } from '../browser/browser.mjs';
import { expressOpenidConnectApp } from './apps/express_openid_connect.mjs';
import { serve } from './harness/app.mjs';
import { allow, assertAskedToSignIn, signIn, told } from './harness/person.mjs';
import { freePort } from './harness/port.mjs';
import { story } from './harness/story.mjs';

story(
  'express-openid-connect signs Alice in, reads userinfo, refreshes and signs out',
  async ({ page, provider, keep }) => {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const registered = await provider.createClient(`
      --client-id shop --name Shop --redirect-uri ${url}/callback --post-logout-redirect-uri ${url}
      --grant authorization_code --grant refresh_token
    `);
    const settings = {
      issuer: provider.issuer,
      clientId: registered.client_id,
      clientSecret: registered.client_secret,
      url,
    };
    keep(await serve(expressOpenidConnectApp(settings), port));

    await page.goto(url);
    await signIn(page, provider);
    await allow(page);
    assert.ok(isAt(page, url), `expected the app at ${url}, found ${page.url()}`);
    assert.equal((await told(page)).user.sub, provider.alice.sub);

    await page.goto(`${url}/profile`);
    const { user } = await told(page);
    assert.equal(user.name, provider.alice.name);
    assert.equal(user.email, provider.alice.email);

    await page.goto(`${url}/refresh`);
    assert.deepEqual(await told(page), { user, renewed: true });

    // The app is where signing out leads back to, and the app asks whoever comes to sign in.
    await page.goto(`${url}/logout`);
    await assertAskedToSignIn(page, provider);
  },
);
