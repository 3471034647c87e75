// One sign-in, two apps: the first minute with `signet dev`, as a person lives it.

import assert from 'node:assert/strict';
import { isAt, pressButton, story, submit } from './browser.mjs';

story('one sign-in opens both apps, one sign-out ends it', {}, async ({ page, dev }) => {
  const [notes, calendar] = dev.apps;
  const [alice] = dev.users;

  await page.goto(notes);
  await signIn(page, dev, alice);
  await assertSignedIn(page, notes, alice);

  await page.goto(calendar);
  await assertSignedIn(page, calendar, alice);

  await page.goto(notes);
  await pressButton(page, 'Sign out');
  if (isAt(page, dev.issuer) && (await asksToConfirm(page))) await pressButton(page, 'Sign out');

  await page.goto(notes);
  await assertAskedToSignIn(page, dev);
});

story('signing in needs no JavaScript', { javaScriptEnabled: false }, async ({ page, dev }) => {
  const [notes] = dev.apps;
  const [alice] = dev.users;

  await page.goto(notes);
  await signIn(page, dev, alice);
  await assertSignedIn(page, notes, alice);
});

async function signIn(page, dev, user) {
  await assertAskedToSignIn(page, dev);
  await page.locator('input[name=username]').fill(user.username);
  await page.locator('input[name=password]').fill(user.password);
  await submit(page);
}

async function assertAskedToSignIn(page, dev) {
  assert.ok(isAt(page, dev.issuer), `expected Signet's own page, found ${page.url()}`);
  assert.match(await page.title(), /^Sign in/);
  assert.equal(await page.locator('input[name=password]').count(), 1, 'a password is asked for');
}

/** The app shows who is here. Nobody filled in a form since the last step, so Signet must have known. */
async function assertSignedIn(page, app, user) {
  assert.ok(isAt(page, app), `expected the app at ${app}, found ${page.url()}`);
  const text = await page.locator('body').innerText();
  assert.ok(text.toLowerCase().includes(user.username.toLowerCase()), `${user.username} is not named in:\n${text}`);
}

async function asksToConfirm(page) {
  return (await page.getByRole('button', { name: 'Sign out', exact: true }).count()) === 1;
}
