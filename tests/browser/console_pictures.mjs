// Takes the pictures in docs/pictures/console: every page of the console, of a sandbox in which much has happened. Not a test;
// run it after a change of looks, with the browser and the program the tests use: `node tests/browser/console_pictures.mjs`.
// It takes about two minutes: what is counted is added up once a minute.

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { closeBrowser, pressButton, withPage } from './browser.mjs';
import { ALICE, acceptInvitation, addGroup, addPerson, enter, follow, rotateAnyway } from './console.mjs';
import { startDev, startEmpty } from './dev.mjs';
import { authorization, signIn } from './person.mjs';
import { small } from './small_png.mjs';

const FOLDER = process.env.PICTURES ?? fileURLToPath(new URL('../../docs/pictures/console/', import.meta.url));
const DESK = { width: 1240, height: 800 };
const PHONE = { width: 360, height: 740 };
const LONGEST = 1400;

const PASSWORD = 'a long walk by the sea';
const COLLEAGUES = [
  { username: 'ines', name: 'Inês Almeida', groups: ['engineering', 'staff'] },
  { username: 'mbeki', name: 'Thandi Mbeki', groups: ['finance', 'staff'] },
  { username: 'olga.petrova', name: 'Ольга Петрова', groups: ['engineering', 'staff'] },
  { username: 'wolfeschlegelsteinhausenbergerdorff', name: 'Hubert Blaine Wolfeschlegelsteinhausenbergerdorff', groups: ['staff'] },
  { username: 'yuki', name: 'Yuki Tanaka', groups: ['finance', 'staff'] },
];
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';

mkdirSync(FOLDER, { recursive: true });
const dev = await startDev();
try {
  await withPage({ viewport: DESK, reducedMotion: 'reduce' }, async (page) => {
    await enter(page, dev);
    const known = await use(page);
    await tour(page, known);
  });
  await withPage({ viewport: DESK, reducedMotion: 'reduce' }, refusedAtTheDoor);
  await setUp();
} finally {
  await closeBrowser();
  await dev.stop();
}

/** What happens in a company in a week. Answers with the addresses of what came of it. */
async function use(page) {
  const known = {};
  await addGroup(page, dev, { name: 'engineering', description: 'Everybody who may deploy', roles: 'deployer, editor' });
  await addGroup(page, dev, { name: 'finance', description: 'Books and invoices', roles: 'bookkeeper' });
  await addGroup(page, dev, { name: 'staff', description: 'Everybody who works here' });
  for (const colleague of COLLEAGUES) known[colleague.username] = await addPerson(page, dev, colleague);
  await makeRoles(page, known.mbeki, ['key-operator', 'auditor']);

  known.grafana = await makeApplication(page, 'web', 'grafana', 'Grafana', 'https://grafana.example.org/login/generic_oauth');
  known.reports = await makeApplication(page, 'service', '', 'Nightly reports');
  await fill(page, '/admin/resources/new', { Identifier: 'https://reports.example.org', Name: 'Reports', Scopes: 'reports:read reports:write' });
  await pressButton(page, 'Register it');
  await fill(page, '/admin/resources/scopes/new', { Name: 'employee', 'What people read when they are asked': 'Your employee number', Claims: 'employee_number = employeeNumber' });
  await pressButton(page, 'Define it');
  await page.goto(`${dev.issuer}/admin/clients/notes/secrets`);
  await pressButton(page, 'Make a new secret');

  await withPage({ userAgent: FIREFOX }, (alice) => work(alice, dev.users[ALICE]));
  await withPage({ userAgent: IPHONE }, (alice) => work(alice, dev.users[ALICE]));
  await withPage({}, async (newcomer) => {
    await page.goto(known.ines);
    await pressButton(page, 'Send a password link');
    await acceptInvitation(newcomer, dev, PASSWORD);
    await work(newcomer, { username: 'ines', password: PASSWORD });
  });
  await withPage({}, trouble);

  await page.goto(known.yuki);
  await pressButton(page, 'Lock the account');
  await page.goto(`${dev.issuer}/admin/sessions`);
  await page.getByRole('button', { name: /^End the session of alice/ }).first().click();
  await page.getByRole('status').waitFor();

  known.stolen = await keyIn(page, 'ES256', 'signing');
  await rotateAnyway(page, dev, 'ES256');
  await rotateAnyway(page, dev, 'RS256');
  known.retiring = await keyIn(page, 'RS256', 'verifying only');
  return known;
}

/** At both apps, with a look at the API. */
async function work(page, user) {
  await page.goto(dev.apps[0]);
  await signIn(page, user);
  await page.getByLabel('A note').fill('Water the dahlias');
  await pressButton(page, 'Pin a note');
  await pressButton(page, 'Refresh tokens');
  await page.goto(dev.apps[1]);
  await pressButton(page, 'Read the pinboard');
  await page.goto(authorization(dev));
}

/** What goes wrong every day. */
async function trouble(page) {
  const notes = new URL('/oauth/callback', dev.apps[0]).href;
  for (let times = 0; times < 3; times += 1) await page.goto(authorization(dev, { client_id: 'notes', redirect_uri: notes }));
  await page.goto(authorization(dev, { client_id: 'nobody' }));
  await page.goto(authorization(dev, { client_id: 'calendar', redirect_uri: 'https://elsewhere.example/' }));
  await page.goto(authorization(dev, { scope: 'openid admin' }));
  await page.goto(dev.apps[1]);
  for (const password of ['summer', 'Summer1', 'Summer2026']) await signIn(page, { username: 'mbeki', password });
}

async function makeApplication(page, kind, snippet, name, redirect) {
  const values = { Name: name };
  if (redirect) values['Redirect URIs'] = redirect;
  await fill(page, `/admin/clients/new?kind=${kind}${snippet && `&for=${snippet}`}`, values);
  await pressButton(page, 'Set it up');
  if (snippet) await take(page, 'application-made');
  const id = await page.locator('#client-id').innerText();
  return `${dev.issuer}/admin/clients/${id}`;
}

async function makeRoles(page, person, roles) {
  await page.goto(person);
  await follow(page, 'Administrative roles…');
  for (const role of roles) await page.getByRole('checkbox', { name: new RegExp(`^${role}`) }).check();
  await pressButton(page, 'Save');
}

async function fill(page, path, values) {
  await page.goto(dev.issuer + path);
  for (const [label, value] of Object.entries(values)) await page.getByLabel(label, { exact: true }).fill(value);
}

/** The page of the key of `alg` in the state the table names so. */
async function keyIn(page, alg, state) {
  await page.goto(`${dev.issuer}/admin/keys`);
  const sheet = page.getByRole('region', { name: alg });
  return dev.issuer + (await sheet.getByRole('row').filter({ hasText: state }).getByRole('link').first().getAttribute('href'));
}

/** Every page, in the order of the way. */
async function tour(page, known) {
  const at = async (name, path) => {
    await page.goto(path.startsWith('http') ? path : dev.issuer + path);
    await take(page, name);
  };
  const person = await personPage(page);
  await at('people', '/admin/users');
  await at('person-new', '/admin/users/new');
  await at('person', person);
  await at('person-locked', known.yuki);
  await at('person-long', known.wolfeschlegelsteinhausenbergerdorff);
  await at('person-edit', `${person}/edit`);
  await at('person-delete', `${person}/delete`);
  await at('groups', '/admin/groups');
  await at('group', '/admin/groups/engineering');
  await applications(page, at, known);
  await at('flows', '/admin/flows');
  await at('flows-application', '/admin/flows?client=notes');
  await page.goto(`${dev.issuer}/admin/flows?client=notes`);
  await follow(page, /^[A-Z0-9]{4}-[A-Z0-9]{4}$/);
  await take(page, 'flow');
  await follow(page, 'Add this address…');
  await take(page, 'flow-repair');
  await at('sessions', '/admin/sessions');
  await at('sessions-end', '/admin/sessions/end?user=alice');
  await at('administrators', '/admin/administrators');
  await at('administrator', `/admin/administrators/${known.mbeki.split('/').pop()}`);
  await counted(page);
  await keys(page, at, known);
  await at('revocations', '/admin/revocations');
  await at('api-reference', '/api');
  await at('audit', '/admin/audit');
  await page.goto(`${dev.issuer}/admin/audit`);
  await pressButton(page, 'Verify the chain');
  await take(page, 'audit-verified');
  await at('home', '/admin');
  await at('home-search', '/admin?q=a');
  await at('keys', '/admin/keys');
  await again(page, { home: '/admin', keys: '/admin/keys', person, application: '/admin/clients/notes', audit: '/admin/audit' });
}

async function applications(page, at, known) {
  await at('applications', '/admin/clients');
  await at('application-kinds', '/admin/clients/new');
  await at('application-new', '/admin/clients/new?kind=web');
  await at('application', '/admin/clients/notes');
  await at('application-settings', '/admin/clients/notes/settings');
  await at('application-secrets', '/admin/clients/notes/secrets');
  await at('application-activity', '/admin/clients/notes/activity');
  await at('application-danger', '/admin/clients/notes/danger');
  await at('application-delete', `${known.grafana}/delete`);
  await at('application-edit', `${known.grafana}/edit`);
  await page.getByLabel('Redirect URIs', { exact: true }).fill('https://grafana.example.org/login/generic_oauth\nhttps://grafana.example.com/login/generic_oauth');
  await page.getByRole('checkbox', { name: /^It is ours/ }).check();
  await pressButton(page, 'Look at the difference');
  await take(page, 'application-review');
  await at('apis', '/admin/resources');
  await at('api-new', '/admin/resources/new');
  await page.goto(`${dev.issuer}/admin/resources`);
  await follow(page, 'https://reports.example.org');
  await take(page, 'api');
  const own = page.url();
  await page.getByLabel('How long its tokens live, in seconds').fill('300');
  await pressButton(page, 'Look at the difference');
  await take(page, 'api-review');
  await at('api-delete', `${own}/delete`);
  await at('scope', '/admin/resources/scopes/employee');
}

async function keys(page, at, known) {
  await at('key', known.retiring);
  await at('key-activate', `${await keyIn(page, 'ES256', 'next')}/activate`);
  await at('key-retire', `${known.retiring}/retire`);
  await at('keys-rotate', '/admin/keys/rotate');
  await at('keys-schedule', '/admin/keys/schedule');
  await at('keys-emergency', '/admin/keys/emergency');
  await at('key-revoke', `${known.stolen}/revoke`);
  await page.getByLabel(/^Type/).fill(decodeURIComponent(known.stolen.split('/').pop()).slice(0, 6));
  await pressButton(page, 'Revoke this key');
  await take(page, 'key-report');
  await at('no-such-key', '/admin/keys/no-such-key');
}

async function personPage(page) {
  await page.goto(`${dev.issuer}/admin/users?q=alice`);
  await follow(page, 'alice');
  return page.url();
}

/** Looks at the charts until what was signed has been added up. */
async function counted(page) {
  for (let left = 90; left > 0; left -= 1) {
    await page.goto(`${dev.issuer}/admin`);
    const signIns = await page.locator('.chart > p').first().innerText();
    if (!signIns.startsWith('0 ')) return;
    await page.waitForTimeout(1000);
  }
  throw new Error('nothing was counted in a minute and a half');
}

/** The main pages in the dark, and on a phone. */
async function again(page, pages) {
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(path.startsWith('http') ? path : dev.issuer + path);
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    await take(page, `${name}-dark`);
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await take(page, `${name}-phone`, PHONE);
  }
}

/** Who is no administrator, and who is but may not do this. */
async function refusedAtTheDoor(page) {
  await page.goto(`${dev.issuer}/admin`);
  await signIn(page, dev.users[ALICE]);
  await take(page, 'not-an-administrator');
}

async function setUp() {
  const empty = await startEmpty();
  try {
    await withPage({ viewport: DESK, reducedMotion: 'reduce' }, async (page) => {
      await page.goto(empty.setup);
      await take(page, 'setup');
    });
  } finally {
    await empty.stop();
  }
}

/** The page from its top, as far down as it goes but not beyond what is looked at. */
async function take(page, name, size = DESK) {
  await page.setViewportSize(size);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ ...size, height: Math.min(height, LONGEST) });
  writeFileSync(`${FOLDER}${name}.png`, small(await page.screenshot({ caret: 'hide' })));
  await page.setViewportSize(DESK);
}
