// Everything by keyboard alone: Tab reaches what can be used, in the order it is read, and never gets stuck; where one is
// can be seen; Enter does it.

import assert from 'node:assert/strict';
import { isAt, story } from './browser.mjs';
import { authorization } from './person.mjs';

/** What every page ends with. */
const LANGUAGES = ['English', 'Deutsch', 'العربية'];

story('a person without a mouse signs in, chooses, allows and looks after the account', {}, async ({ page, dev, app }) => {
  const [notes] = dev.apps;
  const [alice] = dev.users;

  await page.goto(notes);
  await assertCursorWaits(page, 'username');
  await assertWalk(page, ['username', 'password', 'Sign in', 'Forgot your password?']);
  await page.reload();
  await assertCursorWaits(page, 'username');
  await page.keyboard.type(alice.username);
  await page.keyboard.press('Tab');
  await page.keyboard.type(alice.password);
  await enter(page);
  assert.ok(isAt(page, notes), page.url());

  await page.goto(authorization(dev, { redirect_uri: app.callback, prompt: 'select_account' }));
  await assertWalk(page, [/^Continue as/, 'Use another account']);
  await tabTo(page, /^Continue as/);
  await enter(page);
  assert.match(await page.title(), /^Allow access/);
  await assertWalk(page, ['Choose another account', 'Allow', 'Deny']);
  await tabTo(page, 'Allow');
  await enter(page);
  assert.equal(await page.title(), 'App');

  await page.goto(`${dev.issuer}/account`);
  await assertWalk(page, ['Password', 'Devices and sessions', 'Connected apps', 'Language', 'Sign out', 'Add another account']);
  await tabTo(page, 'Password');
  await enter(page);
  await assertCursorWaits(page, 'password');
  await assertWalk(page, ['password', 'new_password', 'Change password', 'Forgot your password?', 'Back to your account']);
  await tabTo(page, 'Back to your account');
  await enter(page);
  await tabTo(page, 'Sign out');
  await enter(page);
  assert.match(await page.title(), /^Signed out/);
});

story('a refused sign-in is read out, and typing goes on at the password', {}, async ({ page, dev }) => {
  await page.goto(`${dev.issuer}/login`);
  await assertCursorWaits(page, 'username');
  await page.keyboard.type('alice');
  await page.keyboard.press('Tab');
  await page.keyboard.type('not this one');
  await enter(page);
  await assertCursorWaits(page, 'password');
  assert.equal(await page.getByRole('alert').count(), 1);
  const described = await page.locator('input[name=password]').getAttribute('aria-describedby');
  assert.match(await page.locator(`#${described}`).innerText(), /do not match/);
});

/** The cursor stands where typing begins, a moment after the page was loaded. */
async function assertCursorWaits(page, name) {
  await page.waitForFunction((wanted) => document.activeElement.getAttribute('name') === wanted, name);
}

/** What has the focus: the field's name or the words on it, and how it is outlined. */
async function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return {
      name: element.getAttribute('name')?.match(/^(username|.*password)$/)?.[0] ?? element.innerText.replace(/\s+/g, ' ').trim(),
      outline: outlineStyle === 'none' ? 0 : parseFloat(outlineWidth),
    };
  });
}

/** From the top of the page Tab visits exactly these and the foot's languages, each visibly, Shift-Tab the same backwards, and neither is held at an end. */
async function assertWalk(page, content) {
  const expected = [...content, ...LANGUAGES];
  await toTheTop(page);
  for (const wanted of expected) {
    await page.keyboard.press('Tab');
    const here = await focused(page);
    assertIs(here.name, wanted, page.url());
    assert.ok(here.outline >= 2, `${here.name} shows that it has the focus`);
  }
  for (const wanted of expected.slice(0, -1).reverse()) {
    await page.keyboard.press('Shift+Tab');
    assertIs((await focused(page)).name, wanted, `on the way back, ${page.url()}`);
  }
  await tabTo(page, expected.at(-1));
  await page.keyboard.press('Tab');
  assert.notEqual((await focused(page)).name, expected.at(-1), 'Tab leaves the page at its end');
}

/** Puts the keyboard before everything else, as when a page without a field to start in has just been opened. */
async function toTheTop(page) {
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
    document.activeElement.blur();
  });
}

async function tabTo(page, wanted) {
  await toTheTop(page);
  for (let step = 0; step < 20; step += 1) {
    await page.keyboard.press('Tab');
    const { name } = await focused(page);
    if (wanted instanceof RegExp ? wanted.test(name) : wanted === name) return;
  }
  assert.fail(`Tab does not reach ${wanted} at ${page.url()}`);
}

/** Presses Enter and waits for the page it leads to. */
async function enter(page) {
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
}

function assertIs(name, wanted, message) {
  if (wanted instanceof RegExp) assert.match(name, wanted, message);
  else assert.equal(name, wanted, message);
}
