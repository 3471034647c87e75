// Alice at Signet's pages: what a person does there, whichever app sent them.

import assert from 'node:assert/strict';
import { isAt, pressButton, submit } from '../../browser/browser.mjs';

/** Signs in on the page that asks for it. */
export async function signIn(page, provider) {
  assert.ok(isAt(page, provider.issuer), `expected Signet's own page, found ${page.url()}`);
  assert.match(await page.title(), /^Sign in/);
  await page.locator('input[name=username]').fill(provider.alice.username);
  await page.locator('input[name=password]').fill(provider.alice.password);
  await submit(page);
}

/** Allows what an app asks for, on the page that asks. */
export async function allow(page) {
  assert.match(await page.title(), /^Allow access/);
  await pressButton(page, 'Allow');
}

/** The browser is at Signet and somebody who is not signed in is asked to. */
export async function assertAskedToSignIn(page, provider) {
  assert.ok(isAt(page, provider.issuer), `expected Signet's own page, found ${page.url()}`);
  assert.match(await page.title(), /^Sign in/);
}

/** What an app told the browser in JSON, which Chromium shows as preformatted text. */
export async function told(page) {
  return JSON.parse(await page.locator('pre').first().innerText());
}
