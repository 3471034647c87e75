// Signing in as people do who read German, or Arabic, from right to left: every page on the way is in their language, and
// everybody can use it.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { assertAccessible } from './accessible.mjs';
import { story, submit, withPage } from './browser.mjs';
import { BINARY } from './dev.mjs';
import { authorization, signIn } from './person.mjs';

/** Written by the Rust tests of the crate `web`, beside the binary: a folder per language, and one for the pseudo-locale. */
const GALLERY = join(dirname(BINARY), 'pages');
const DIRECTIONS = { de: 'ltr', ar: 'rtl', 'en-XA': 'ltr' };

for (const [language, direction] of Object.entries(DIRECTIONS)) {
  test(`everybody can use every page in ${language}`, { timeout: 120_000 }, async () => {
    const folder = join(GALLERY, language);
    const pages = readdirSync(folder).filter((file) => file.endsWith('.html'));
    assert.ok(pages.length > 60, `the gallery in ${folder} is written by cargo test -p web`);
    await withPage({}, async (page) => {
      for (const file of pages) {
        await page.goto(pathToFileURL(join(folder, file)).href);
        await assertReads(page, language, direction);
        await assertAccessible(page, `${language}, ${file}`);
      }
    });
  });
}

story('a person who reads German signs in', { locale: 'de-DE' }, async ({ page, dev }) => {
  const [alice] = dev.users;
  await page.goto(authorization(dev));
  await assertReads(page, 'de', 'ltr');
  await page.getByLabel('E-Mail oder Benutzername').waitFor();
  await signIn(page, { ...alice, password: 'not this one' });
  await page.getByText('Benutzername und Passwort passen nicht zusammen.').waitFor();
  await signIn(page, alice);
  await assertReads(page, 'de', 'ltr');
  assert.match(await page.title(), /^Zugriff für/);
  await assertAccessible(page, 'consent in German');
  await page.goto(`${dev.issuer}/account`);
  await page.getByRole('link', { name: 'Geräte und Sitzungen' }).click();
  await page.getByText('gerade eben').first().waitFor();
  await assertAccessible(page, 'sessions in German');
});

story('a person who reads Arabic signs in, and stays with it', { javaScriptEnabled: false }, async ({ page, dev }) => {
  const [alice] = dev.users;
  // The app wishes for German; whoever sits there knows better.
  const address = authorization(dev, { ui_locales: 'de' });
  await page.goto(address);
  await assertReads(page, 'de', 'ltr');
  const here = page.url();
  await page.getByRole('link', { name: 'العربية' }).click();
  await page.waitForURL(here);
  await assertReads(page, 'ar', 'rtl');
  await signIn(page, alice);
  await assertReads(page, 'ar', 'rtl');
  await page.goto(`${dev.issuer}/account/language`);
  await page.getByRole('button', { name: 'العربية' }).click();
  await page.waitForURL(`${dev.issuer}/account`);
  await assertReads(page, 'ar', 'rtl');
  assert.equal(await page.locator('a[href^="/language/"]').count(), 0, 'their own language decides');
  // The letter about it is in theirs, too.
  await page.goto(`${dev.issuer}/reset`);
  await page.locator('input[name=username]').fill(alice.email);
  await submit(page);
  await page.goto(dev.mail_url);
  await page.getByText('لحسابك في').waitFor();
  await page.goto(`${dev.issuer}/logout`);
  await submit(page);
  await assertReads(page, 'ar', 'rtl');
});

/** The page says it is in this language, and lays its lines out that way. */
async function assertReads(page, language, direction) {
  const html = page.locator('html');
  assert.deepEqual([await html.getAttribute('lang'), await html.getAttribute('dir')], [language, direction], page.url());
}
