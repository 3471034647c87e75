// A person and their own account: the forgotten password by mail, devices, connected apps, and what Back shows afterwards.

import assert from 'node:assert/strict';
import { isAt, pressButton, story, submit } from './browser.mjs';

const NEW_PASSWORD = 'a brand new pass phrase';

story('a forgotten password is set anew by mail, and the app is reached after all', {}, async ({ page, dev }) => {
  const [notes] = dev.apps;
  const [alice] = dev.users;

  await page.goto(notes);
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await page.locator('input[name=username]').fill(alice.email);
  await submit(page);
  assert.match(await page.title(), /^Check your mail/);

  await page.goto(dev.mail_url);
  await page.locator('a[href*="/reset/"]').click();
  await page.locator('input[name=password]').fill(NEW_PASSWORD);
  assert.match(page.url(), /\/reset\/i\//, 'the secret is gone from the address bar');
  await submit(page);
  assert.match(await page.title(), /^Password changed/);

  await page.getByRole('link', { name: /^Sign in to/ }).click();
  await signIn(page, alice, NEW_PASSWORD);
  assert.ok(isAt(page, notes), `expected the app, found ${page.url()}`);
  assert.ok((await text(page)).includes(alice.username));

  await page.goto(dev.mail_url);
  assert.ok(!(await text(page)).includes('/reset/'), 'the last letter tells that it was changed');
});

story('an account is looked after without JavaScript', { javaScriptEnabled: false }, async ({ page, dev }) => {
  const [notes] = dev.apps;
  const [alice] = dev.users;
  const account = `${dev.issuer}/account`;

  await page.goto(notes);
  await signIn(page, alice, alice.password);
  await page.goto(account);
  assert.match(await page.title(), /^Account/);

  await page.getByRole('link', { name: 'Devices and sessions' }).click();
  assert.match(await text(page), /Chrome on Linux.*This browser/s);

  await page.goto(account);
  await page.getByRole('link', { name: 'Connected apps' }).click();
  const withdraw = page.locator('button[name=withdraw]');
  const before = await withdraw.count();
  assert.ok(before >= 1, await text(page));
  await withdraw.first().click();
  await page.waitForLoadState();
  assert.equal(await withdraw.count(), before - 1);

  await page.goto(`${dev.issuer}/.well-known/change-password`);
  await page.locator('input[name=password]').fill(alice.password);
  await page.locator('input[name=new_password]').fill(NEW_PASSWORD);
  await submit(page);
  assert.match(await page.title(), /^Password changed/);

  await page.goto(account);
  await pressButton(page, 'Sign out');
  assert.match(await page.title(), /^Signed out/);
  await page.goBack();
  assert.ok(!(await text(page)).includes(alice.email), 'Back shows nothing of who was here');
});

async function signIn(page, user, password) {
  await page.locator('input[name=username]').fill(user.username);
  await page.locator('input[name=password]').fill(password);
  await submit(page);
}

async function text(page) {
  return page.locator('body').innerText();
}
