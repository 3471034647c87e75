// What a person does again and again: asking for access through an app, and signing in.

import { submit } from './browser.mjs';

/** The address of an authorization request of the client that is no app of the sandbox, and so has to be allowed. */
export function authorization(dev, extra = {}) {
  const client = dev.clients.find(({ client_id }) => client_id === 'demo');
  const parameters = {
    client_id: client.client_id,
    redirect_uri: 'http://127.0.0.1/callback',
    response_type: 'code',
    scope: 'openid profile email offline_access',
    state: 'of-the-story',
    ...extra,
  };
  return `${dev.issuer}/authorize?${new URLSearchParams(parameters)}`;
}

/** Fills in the sign-in page that is open and sends it. */
export async function signIn(page, user) {
  await page.locator('input[name=username]').fill(user.username);
  await page.locator('input[name=password]').fill(user.password);
  await submit(page);
}
