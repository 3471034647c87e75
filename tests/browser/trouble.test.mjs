// What people meet when something is not as it should be: every page says what happened and leads on, and going back or
// opening a second tab does no harm.

import assert from 'node:assert/strict';
import { isAt, pressButton, story, submit } from './browser.mjs';
import { authorization, signIn } from './person.mjs';

const NO_COOKIES = { cookies: 'blocked' };

story('a browser that keeps no cookies is told so', NO_COOKIES, async ({ page, dev }) => {
  const [notes] = dev.apps;
  await page.goto(notes);
  await assertTold(page, 'Your browser did not send our cookie', 'Start again');
  await page.goto(`${dev.issuer}/login`);
  await assertTold(page, 'Your browser did not send our cookie', 'Go to the front page');
});

story('a letter opened without cookies is told apart from one that is used up', {}, async ({ page, dev }) => {
  await page.goto(`${dev.issuer}/reset`);
  await page.locator('input[name=username]').fill(dev.users[0].username);
  await submit(page);
  await page.goto(dev.mail_url);
  const link = await page.locator('a[href*="/reset/"]').getAttribute('href');
  await page.goto(link);
  const opened = page.url();
  await page.context().clearCookies();
  await page.goto(opened);
  await assertTold(page, 'Your browser did not send our cookie', 'Ask for a new link');
  await page.goto(link);
  await page.locator('input[name=password]').fill('a brand new pass phrase');
  await submit(page);
  await page.goto(link);
  await assertTold(page, 'This link is no longer good', 'Ask for a new link');
  await page.getByRole('link', { name: 'Ask for a new link' }).click();
  assert.match(await page.title(), /^Forgot password/);
});

story('a client that is not set up right is named, and nobody is sent away', {}, async ({ page, dev }) => {
  const wrong = [
    [authorization(dev, { redirect_uri: 'https://elsewhere.example/' }), /has not registered$/],
    [authorization(dev, { client_id: 'nobody' }), /^This app is not known here$/],
    [`${dev.issuer}/authorize?scope=openid`, /^The request could not be understood$/],
    [`${authorization(dev)}&client_id=demo`, /^The request could not be understood$/],
    [`${dev.issuer}/login/ZmFkZWQ`, /^This sign-in is no longer open$/],
    [`${dev.issuer}/nowhere`, /^There is no such page$/],
  ];
  await page.goto(authorization(dev, { client_id: 'notes', redirect_uri: 'https://elsewhere.example/' }));
  await assertTold(page, 'Notes asked to return to an address it has not registered', 'Back to Notes');
  for (const [address, headline] of wrong) {
    await page.goto(address);
    await assertTold(page, headline, 'Go to the front page');
  }
  await page.getByRole('link', { name: 'Go to the front page' }).click();
  await page.getByRole('link', { name: 'Sign in' }).click();
  assert.match(await page.title(), /^Sign in/);
});

story('Back leads on after signing in and after allowing, and to nothing after signing out', {}, async ({ page, dev, app }) => {
  const [notes] = dev.apps;
  const [alice] = dev.users;
  await page.goto(notes);
  await signIn(page, alice);
  assert.ok(isAt(page, notes));
  await page.goBack();
  assert.ok(isAt(page, notes), `Back after signing in led to ${page.url()}`);

  await page.goto(authorization(dev, { redirect_uri: app.callback }));
  await pressButton(page, 'Allow');
  assert.equal(await page.title(), 'App');
  await page.goBack();
  assert.equal(await page.title(), 'App', `Back after allowing led to ${page.url()}`);

  await page.goto(`${dev.issuer}/account`);
  await pressButton(page, 'Sign out');
  await page.goBack();
  assert.match(await page.title(), /^Sign in/, `Back after signing out led to ${page.url()}`);
});

story('two tabs may both ask to sign in', {}, async ({ page, dev }) => {
  const [notes, calendar] = dev.apps;
  const [alice] = dev.users;
  const other = await page.context().newPage();
  await page.goto(notes);
  await other.goto(calendar);
  await signIn(page, alice);
  assert.ok(isAt(page, notes));
  await signIn(other, alice);
  assert.ok(isAt(other, calendar), `the second tab is at ${other.url()}`);
  await page.reload();
  assert.ok(isAt(page, notes), `the first tab is at ${page.url()}`);
});

/** The page says what happened in `headline`, offers `onward` as a link, and shows the id that finds it in the log. */
async function assertTold(page, headline, onward) {
  const told = await page.getByRole('heading', { level: 1 }).innerText();
  if (headline instanceof RegExp) assert.match(told, headline);
  else assert.equal(told, headline);
  assert.match(await page.locator('main').innerText(), /Tell your administrator: [0-9A-Z]{4}-[0-9A-Z]{4}/);
  assert.equal(await page.getByRole('link', { name: onward, exact: true }).count(), 1, `"${onward}" after "${told}"`);
}
