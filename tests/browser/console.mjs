// What an administrator does at the console again and again. Owns how its pages are entered, opened and answered; what they
// should say is the stories' to know.

import assert from 'node:assert/strict';
import { signIn } from './person.mjs';

/** The people of the sandbox, by their place in `dev.users`. */
export const ALICE = 0;
export const ADMIN = 1;

/** Opens the console at `path` and signs in where that is asked for. */
export async function enter(page, dev, path = '/admin', user = dev.users[ADMIN]) {
  await page.goto(dev.issuer + path);
  if (await page.locator('input[name=password]').count()) await signIn(page, user);
  assert.ok(page.url().startsWith(`${dev.issuer}/admin`), `expected the console, found ${page.url()}`);
}

/** Follows the first link of that name and waits for the page it leads to. */
export async function follow(page, name, within = page) {
  const link = within.getByRole('link', { name }).first();
  await link.waitFor();
  await Promise.all([page.waitForEvent('load'), link.click()]);
}

/** What the page said about what was just done. */
export const told = (page) => page.getByRole('status').innerText();

/** All that the page says, but for the way. */
export const said = (page) => page.locator('main').innerText();

/** Adds a person by the form; the page is theirs then, and the answer its address. */
export async function addPerson(page, dev, { username, name, email = `${username}@example.org`, groups = [] }) {
  await page.goto(`${dev.issuer}/admin/users/new`);
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Groups').fill(groups.join('\n'));
  await press(page, 'Add');
  return page.url().split('?')[0];
}

/** Makes a group by the form; the page is the group's then. */
export async function addGroup(page, dev, { name, description = '', roles = '' }) {
  await page.goto(`${dev.issuer}/admin/groups`);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('What for').fill(description);
  await page.getByLabel('Roles').fill(roles);
  await press(page, 'Make the group');
}

/** Chooses a first password by the link in the newest letter that was sent. */
export async function acceptInvitation(page, dev, password) {
  await page.goto(dev.mail_url);
  await page.goto(await page.locator('a[href*="/reset/"]').first().getAttribute('href'));
  await page.locator('input[name=password]').fill(password);
  await Promise.all([page.waitForEvent('load'), page.locator('form').first().getByRole('button').first().click()]);
}

/** Lets the spare of `alg` take over although it is young. */
export async function rotateAnyway(page, dev, alg) {
  await page.goto(`${dev.issuer}/admin/keys/rotate`);
  await page.getByRole('radio', { name: new RegExp(`^${alg}`) }).check();
  await page.getByText('Rotate before it is safe').click();
  await page.getByRole('checkbox').check();
  await page.getByLabel('Why').fill('a drill');
  await press(page, 'Rotate');
}

async function press(page, name) {
  const button = page.getByRole('button', { name, exact: true });
  await Promise.all([page.waitForEvent('load'), button.click()]);
}
