// Every page there is, light and dark, wide and narrow: axe finds nothing and nothing sticks out. First the gallery, which
// has each page in each of its states, then the pages of a running sandbox in the order in which people meet them.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { assertAccessible, assertFits } from './accessible.mjs';
import { pressButton, story, submit, withPage } from './browser.mjs';
import { BINARY } from './dev.mjs';
import { authorization, signIn } from './person.mjs';

/** Written by the Rust tests of the crate `web`, beside the binary. */
const GALLERY = join(dirname(BINARY), 'pages');
const NEW_PASSWORD = 'a brand new pass phrase';

test('everybody can use every page of the gallery', { timeout: 120_000 }, async () => {
  const pages = readdirSync(GALLERY).filter((file) => file.endsWith('.html'));
  assert.ok(pages.length > 40, `the gallery in ${GALLERY} is written by cargo test -p web`);
  await withPage({}, async (page) => {
    for (const file of pages) {
      await page.goto(pathToFileURL(join(GALLERY, file)).href);
      await assertAccessible(page, file);
    }
  });
});

test('no name, however long or hostile, widens a page', { timeout: 60_000 }, async () => {
  const folder = join(GALLERY, 'hostile');
  await withPage({}, async (page) => {
    for (const file of readdirSync(folder).filter((file) => file.endsWith('.html'))) {
      await page.goto(pathToFileURL(join(folder, file)).href);
      await assertFits(page, file);
    }
  });
});

story('everybody can sign in, choose, allow and sign out', {}, async ({ page, dev }) => {
  const [notes, calendar] = dev.apps;
  const [alice, admin] = dev.users;
  const look = (name) => assertAccessible(page, name);
  await page.goto(dev.issuer);
  await look('home, nobody here');
  await page.goto(notes);
  await look('sign in');
  await signIn(page, { ...alice, password: 'not this one' });
  await look('sign in, refused');
  await signIn(page, alice);
  await page.locator('summary').last().click();
  await look('Notes');
  await pressButton(page, 'Ask without a token');
  await look('Notes, an answer of the API');
  await page.goto(calendar);
  await look('Calendar');
  await page.goto(dev.api_url);
  await look('the API');
  await page.goto(authorization(dev));
  await look('consent');
  await page.goto(authorization(dev, { prompt: 'login' }));
  await look('sign in again');
  await page.goto(authorization(dev, { prompt: 'select_account' }));
  await look('chooser');
  await page.goto(`${dev.issuer}/account/add`);
  await signIn(page, admin);
  await page.goto(authorization(dev));
  await look('chooser of two');
  await page.goto(dev.issuer);
  await look('home, two people here');
  await page.goto(`${dev.issuer}/logout`);
  await look('sign out');
  await pressButton(page, 'Sign out');
  await look('signed out');
  await page.goto(`${notes}/signed-out`);
  await look('signed out of Notes');
});

story('everybody can look after their account', {}, async ({ page, dev }) => {
  const [alice] = dev.users;
  const account = `${dev.issuer}/account`;
  const look = (name) => assertAccessible(page, name);
  await page.goto(`${dev.issuer}/login`);
  await look('sign in without an app');
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await look('forgotten password');
  await page.locator('input[name=username]').fill(alice.email);
  await submit(page);
  await look('letter sent');
  await page.goto(dev.mail_url);
  await look('the letter');
  const link = await page.locator('a[href*="/reset/"]').getAttribute('href');
  await page.goto(link);
  await look('new password');
  await page.locator('input[name=password]').fill(NEW_PASSWORD);
  await submit(page);
  await look('password set');
  await page.goto(link);
  await look('dead link');
  await page.goto(account);
  await signIn(page, { ...alice, password: NEW_PASSWORD });
  for (const path of ['', '/password', '/sessions', '/apps']) {
    await page.goto(account + path);
    await look(`account${path}`);
  }
});

story('everybody can read what went wrong', {}, async ({ page, dev }) => {
  const [notes] = dev.apps;
  const wrong = [
    `${dev.issuer}/nowhere`,
    `${dev.issuer}/login/gone`,
    authorization(dev, { redirect_uri: 'https://elsewhere.example/' }),
    authorization(dev, { client_id: 'nobody' }),
    `${authorization(dev)}&client_id=demo`,
    `${notes}/nowhere`,
    `${notes}/callback?code=x&state=y`,
  ];
  for (const address of wrong) {
    await page.goto(address);
    await assertAccessible(page, address);
  }
});
