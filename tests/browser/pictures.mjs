// Takes the pictures in docs/pictures from a sandbox: the pages people meet, light and dark. Not a test; run it after a
// change of looks, with the browser and the program the tests use: `node tests/browser/pictures.mjs`.

import { fileURLToPath } from 'node:url';
import { closeBrowser, pressButton, withPage } from './browser.mjs';
import { startDev } from './dev.mjs';
import { authorization, signIn } from './person.mjs';

const FOLDER = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
const WINDOW = { width: 900, height: 640 };

const dev = await startDev();
try {
  for (const colorScheme of ['light', 'dark']) {
    await withPage({ colorScheme, viewport: WINDOW, reducedMotion: 'reduce' }, (page) => tour(page, colorScheme));
  }
} finally {
  await closeBrowser();
  await dev.stop();
}

async function tour(page, scheme) {
  const [notes] = dev.apps;
  const [alice, admin] = dev.users;
  const take = (name) => picture(page, `${name}-${scheme}`);
  await page.goto(notes);
  await take('sign-in');
  await signIn(page, alice);
  await take('app');
  await page.goto(authorization(dev));
  await take('consent');
  await page.goto(`${dev.issuer}/account/sessions`);
  await take('sessions');
  await page.goto(`${dev.issuer}/account/add`);
  await signIn(page, admin);
  await page.goto(authorization(dev, { prompt: 'select_account' }));
  await take('chooser');
  await page.goto(authorization(dev, { client_id: 'notes', redirect_uri: 'https://elsewhere.example/' }));
  await take('error');
  await page.goto(`${dev.issuer}/logout`);
  await pressButton(page, 'Sign out');
}

/** The page from its top, as far down as it goes but no further than two windows. */
async function picture(page, name) {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ ...WINDOW, height: Math.min(height, 2 * WINDOW.height) });
  await page.screenshot({ path: `${FOLDER}${name}.png`, caret: 'hide' });
  await page.setViewportSize(WINDOW);
}
