// What only a real browser can say about answers in a form and about the account chooser: that the content security policy
// lets the form go, that its state is untouched, and that the page works without scripts.

import assert from 'node:assert/strict';
import { story } from './browser.mjs';

const STATE = `"><script>alert(1)</script> & 'quotes' ${'-._~'.repeat(16)}`;
const FORM_POST = { response_mode: 'form_post' };
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'; // RFC 7636 appendix B

story('an answer in a form goes by itself', {}, async ({ page, dev }) => {
  const answered = answers(page, dev);
  await page.goto(request(dev, FORM_POST));
  await signIn(page, dev.users[0]);
  assertAnswer(await answered, dev);
});

story('an answer in a form goes at the press of a button', { javaScriptEnabled: false }, async ({ page, dev }) => {
  const answered = answers(page, dev);
  await page.goto(request(dev, FORM_POST));
  await signIn(page, dev.users[0]);
  assert.match(await page.title(), /^Continue/);
  await page.getByRole('button', { name: 'Continue' }).click();
  assertAnswer(await answered, dev);
});

story('two people share a browser and each is asked for', {}, async ({ page, dev }) => {
  const [alice, admin] = dev.users;
  await page.goto(request(dev, FORM_POST));
  const first = answers(page, dev);
  await signIn(page, alice);
  assertAnswer(await first, dev);

  await page.goto(request(dev, { ...FORM_POST, prompt: 'select_account' }));
  assert.match(await page.title(), /^Choose an account/);
  await page.getByRole('button', { name: 'Use another account' }).click();
  const second = answers(page, dev);
  await signIn(page, admin);
  assertAnswer(await second, dev);

  await page.goto(request(dev, FORM_POST));
  assert.match(await page.title(), /^Choose an account/);
  assert.equal(await page.getByRole('button', { name: /^Continue as/ }).count(), 2);
  const third = answers(page, dev);
  await page.getByRole('button', { name: new RegExp(alice.username) }).click();
  assertAnswer(await third, dev);
});

/** An authorization request of the first client. */
function request(dev, extra) {
  const [client] = dev.clients;
  const parameters = {
    client_id: client.client_id,
    redirect_uri: client.redirect_uris[0],
    response_type: 'code',
    scope: 'openid',
    state: STATE,
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...extra,
  };
  return `${dev.issuer}/authorize?${new URLSearchParams(parameters)}`;
}

/** Stands in for the app once: resolves with what was posted to its redirect URI, when the browser has arrived there. */
async function answers(page, dev) {
  const [callback] = dev.clients[0].redirect_uris;
  const posted = new Promise((resolve) => {
    page.route(callback, (route) => {
      resolve(route.request());
      return route.fulfill({ contentType: 'text/html', body: '<title>App</title>' });
    }, { times: 1 });
  });
  await page.waitForURL(callback);
  return posted;
}

function assertAnswer(request, dev) {
  assert.equal(request.method(), 'POST');
  const fields = new URLSearchParams(request.postData());
  assert.ok(fields.get('code'));
  assert.equal(fields.get('state'), STATE);
  assert.equal(fields.get('iss'), dev.issuer);
  assert.equal(request.headers().referer, undefined);
}

async function signIn(page, user) {
  await page.locator('input[name=username]').fill(user.username);
  await page.locator('input[name=password]').fill(user.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
