// The console, as administrators use it while people go on working in the sandbox's apps: the commonest tasks, from a code on an
// error page to a key that has to go at once. Going back and loading again after each of them does no harm.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertAccessible } from './accessible.mjs';
import { isAt, pressButton, story, withPage } from './browser.mjs';
import { ADMIN, ALICE, acceptInvitation, addGroup, addPerson, enter, follow, rotateAnyway, said, told } from './console.mjs';
import { startEmpty } from './dev.mjs';
import { signIn } from './person.mjs';

const CODE = /\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/;

/** Somebody who works in both apps for as long as `work` takes. */
async function withAliceAtBothApps(dev, work) {
  await withPage({}, async (page) => {
    const [notes, calendar] = dev.apps;
    await page.goto(notes);
    await signIn(page, dev.users[ALICE]);
    await page.goto(calendar);
    await assertIsIn(page, calendar);
    await work(page);
  });
}

async function assertIsIn(page, app) {
  assert.ok(isAt(page, app), `expected the app at ${app}, found ${page.url()}`);
  assert.match(await said(page), /Alice Example/);
}

/** The apps know her still, and their API takes the tokens they bring. */
async function assertStillWorks(page, dev) {
  for (const app of dev.apps) {
    await page.goto(app);
    await assertIsIn(page, app);
    await pressButton(page, 'Read the pinboard');
    assert.match(await page.locator('.answer').innerText(), /GET .*\s200\b/);
  }
}

/** What the token endpoint says to somebody with that secret: whether it is good comes before whether the code is. */
async function authenticates(page, dev, client, secret) {
  const response = await page.request.post(`${dev.issuer}/token`, {
    headers: { authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}` },
    form: { grant_type: 'authorization_code', code: 'none', redirect_uri: 'http://localhost/', code_verifier: 'v'.repeat(43) },
  });
  const { error } = await response.json();
  assert.ok(['invalid_grant', 'invalid_client'].includes(error), error);
  return error === 'invalid_grant';
}

/** Records are written after the answer was sent. */
async function recorded(page, dev, code) {
  for (let left = 100; left > 0; left -= 1) {
    const response = await page.request.get(`${dev.issuer}/admin/flows/${code}`);
    if (response.ok()) return;
  }
  assert.fail(`no record of ${code}`);
}

story('a code on an error page leads to the cause, and one click repairs it', {}, async ({ page, dev }) => {
  const [notes] = dev.apps;
  await enter(page, dev, '/admin/clients');
  await page.goto(`${dev.issuer}/admin/clients/notes/edit`);
  await page.getByLabel('Redirect URIs', { exact: true }).fill(`${notes}/oauth/callback`);
  await pressButton(page, 'Look at the difference');
  assert.equal((await page.locator('.diff del').innerText()).trim(), `${notes}/callback`);
  await pressButton(page, 'Save');

  await withPage({}, async (alice) => {
    await alice.goto(notes);
    const [code] = (await said(alice)).match(CODE);
    await recorded(page, dev, code);
    await page.goto(`${dev.issuer}/admin`);
    await page.getByRole('searchbox').fill(code);
    await pressButton(page, 'Find');
    assert.equal(await page.locator('h1').innerText(), code);
    assert.match(await said(page), /The redirect_uri is not registered for Notes/);
    const parts = await page.locator('mark').allInnerTexts();
    assert.deepEqual(parts, ['c', 'o'], 'where the two addresses part');

    await follow(page, 'Add this address…');
    await pressButton(page, 'Add it');
    await page.goBack();
    await page.goForward();
    await page.goto(`${dev.issuer}/admin/clients/notes/settings`);
    const registered = await page.locator('.facts > div').filter({ hasText: /^Redirect URIs/ }).innerText();
    assert.deepEqual(registered.split('\n').slice(1), [`${notes}/oauth/callback`, `${notes}/callback`]);

    await alice.goto(notes);
    await signIn(alice, dev.users[ALICE]);
    await assertIsIn(alice, notes);
  });
});

story('an application is connected with the settings it is given', {}, async ({ page, dev, app }) => {
  await enter(page, dev, '/admin/clients');
  await follow(page, 'New application…');
  await follow(page, 'openid-client (Node)');
  await page.getByLabel('Name', { exact: true }).fill('Ledger');
  await page.getByLabel('Redirect URIs', { exact: true }).fill(app.callback);
  await pressButton(page, 'Set it up');
  assert.equal(await page.locator('h1').innerText(), 'Ledger is set up');
  const [id, secret] = [await page.locator('#client-id').innerText(), await page.locator('#secret').innerText()];
  const settings = (await page.locator('pre').allInnerTexts()).join('\n');
  for (const value of [`ISSUER=${dev.issuer}`, `CLIENT_ID=${id}`, `CLIENT_SECRET=${secret}`, `'${app.callback}'`]) {
    assert.ok(settings.includes(value), `${value} in\n${settings}`);
  }
  assert.ok(await authenticates(page, dev, id, secret));

  await page.reload();
  assert.match(await said(page), /There is one already/);
  assert.ok(!(await page.content()).includes(secret), 'the secret is shown once');
  await page.goto(`${dev.issuer}/admin/clients?q=Ledger`);
  assert.equal(await page.locator('tbody').getByRole('row').count(), 1, 'a second sending made no second application');

  await withPage({}, async (alice) => {
    const request = { client_id: id, redirect_uri: app.callback, response_type: 'code', scope: 'openid', code_challenge_method: 'S256', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' };
    await alice.goto(`${dev.issuer}/authorize?${new URLSearchParams(request)}`);
    assert.match(await said(alice), /Ledger/);
    await signIn(alice, dev.users[ALICE]);
    await pressButton(alice, 'Allow');
    assert.equal(await alice.title(), 'App');
  });
});

story('a secret is exchanged while the application runs', {}, async ({ page, dev }) => {
  const { client_secret: former } = dev.clients.find(({ client_id }) => client_id === 'notes');
  await withAliceAtBothApps(dev, async (alice) => {
    await enter(page, dev, '/admin/clients/notes/secrets');
    await pressButton(page, 'Make a new secret');
    const fresh = await page.locator('#secret').innerText();
    await page.reload();
    assert.match(await told(page), /^Nothing was done/);
    assert.equal(await page.locator('tbody').getByRole('row').count(), 2, 'sent twice, made once');

    await alice.goto(dev.apps[0]);
    await pressButton(alice, 'Refresh tokens');
    assert.match(await said(alice), /Refreshed\s+Once/, 'Notes still has the former one');
    assert.ok(await authenticates(page, dev, 'notes', fresh));
    await page.goto(`${dev.issuer}/admin/clients/notes/secrets`);
    const rows = page.locator('tbody').getByRole('row');
    await rows.filter({ hasNotText: 'it is withdrawn' }).getByRole('button', { name: /^Withdraw/ }).click();
    await page.getByRole('status').waitFor();
    assert.match(await told(page), /^Withdrawn/);
    assert.ok(!(await authenticates(page, dev, 'notes', former)), 'the former one is refused');
    assert.ok(await authenticates(page, dev, 'notes', fresh));
    assert.ok(!(await authenticates(page, dev, 'notes', 'neither')));
    await alice.goto(dev.apps[0]);
    await assertIsIn(alice, dev.apps[0]);
  });
});

story('keys are rotated and revoked while people stay signed in', {}, async ({ page, dev }) => {
  await withAliceAtBothApps(dev, async (alice) => {
    await enter(page, dev, '/admin/keys');
    assert.match(await said(page), /rotates in \d+ days/);

    await follow(page, 'Rotate now…');
    await page.getByRole('radio', { name: /^ES256/ }).check();
    await pressButton(page, 'Rotate');
    assert.match(await said(page), /safe to sign/, 'a spare that is minutes old is not taken without a word');

    await rotateAnyway(page, dev, 'ES256');
    assert.match(await told(page), /^ES256 signs with k-\S+ now/);
    await page.reload();
    await assertStillWorks(alice, dev);

    await follow(page, 'Emergency revoke…');
    const signing = page.getByRole('row').filter({ hasText: 'ES256' }).filter({ hasText: 'active' });
    await Promise.all([page.waitForEvent('load'), signing.getByRole('link').click()]);
    const kid = await page.locator('dd code').first().innerText();
    await page.getByLabel(/^Type/).fill('not it');
    await pressButton(page, 'Revoke this key');
    assert.match(await page.getByRole('alert').innerText(), /not how the key’s id begins/);
    await page.goto(page.url());
    await page.getByLabel(/^Type/).fill(kid.slice(0, 6));
    await pressButton(page, 'Revoke this key');
    assert.match(await page.locator('h1').innerText(), / is revoked$/);
    assert.match(await said(page), /Still exposed/);
    const { keys } = await (await page.request.get(`${dev.issuer}/jwks`)).json();
    assert.ok(!keys.some((key) => key.kid === kid), 'the key left the JWK Set');
    // Old tokens are refused; with their refresh tokens the apps get new ones without a word to her.
    await assertStillWorks(alice, dev);
    await page.reload();
    await page.goBack();
    assert.equal(await page.getByRole('button', { name: 'Revoke this key' }).count(), 0, 'Back offers nothing that was done');
    await page.goto(`${dev.issuer}/admin/audit?event=key.*`);
    const trail = await page.locator('td code').allInnerTexts();
    assert.deepEqual(trail.filter((event) => event === 'key.revoke'), ['key.revoke'], 'once, whatever was loaded again');
    assert.equal(await page.locator('tbody tr').filter({ hasText: 'forced: a drill' }).count(), 1);
  });
});

story('a session that is ended in the console is over in every app', {}, async ({ page, dev }) => {
  await withAliceAtBothApps(dev, async (alice) => {
    await enter(page, dev, '/admin/sessions?user=alice');
    await page.getByRole('button', { name: /^End the session of alice/ }).click();
    await page.getByRole('status').waitFor();
    assert.match(await told(page), /alice is signed out of that session/);
    await alice.goto(`${dev.issuer}/account`);
    assert.match(await alice.title(), /^Sign in/);
    await page.goto(`${dev.issuer}/admin/revocations?kind=session`);
    assert.equal(await page.locator('tbody').last().getByRole('row').count(), 1);
    await page.goto(`${dev.issuer}/admin/audit?event=session.revoke&actor=admin&subject=`);
    assert.equal(await page.locator('tbody').getByRole('row').count(), 1, 'found by the name of who did it');
  });
});

story('all sessions of a person are counted first, then ended', {}, async ({ page, dev }) => {
  await withAliceAtBothApps(dev, (first) => withAliceAtBothApps(dev, async (second) => {
    await enter(page, dev, '/admin/sessions?user=alice');
    await follow(page, 'End all of these…');
    assert.match(await said(page), /This ends 2 sessions of one person/);
    await pressButton(page, 'End them');
    assert.match(await told(page), /2 sessions/);
    for (const alice of [first, second]) {
      await alice.goto(`${dev.issuer}/account`);
      assert.match(await alice.title(), /^Sign in/);
    }
    await page.goBack();
    await page.goto(`${dev.issuer}/admin`);
    assert.match(await page.title(), /^Home/, 'the administrator is still there');
  }));
});

story('a colleague is invited, put into a group, and helps at the console until that ends', {}, async ({ page, dev }) => {
  await enter(page, dev);
  const own = await addPerson(page, dev, { username: 'carol', name: 'Carol Example' });
  assert.match(await told(page), /a link to a first password was sent/);
  await addGroup(page, dev, { name: 'staff' });
  await page.getByLabel('Add somebody').fill('carol');
  await pressButton(page, 'Add');
  assert.match(await told(page), /carol is in staff now/);
  await page.goBack();
  await page.getByLabel('Add somebody').fill('carol');
  await pressButton(page, 'Add');
  assert.equal(await page.locator('tbody').getByRole('row').count(), 1, 'once, however often it is asked for');

  await page.goto(own);
  await follow(page, 'Administrative roles…');
  await page.getByRole('checkbox', { name: /^support/ }).check();
  await pressButton(page, 'Save');
  assert.match(await told(page), /count at once/);

  await withPage({}, async (carol) => {
    const password = 'a first pass phrase';
    await acceptInvitation(carol, dev, password);
    await enter(carol, dev, '/admin', { username: 'carol', password });
    const way = await carol.getByRole('navigation').innerText();
    assert.match(way, /People[^]*Sessions[^]*Sign-in trouble/);
    assert.doesNotMatch(way, /Keys|Audit|Administrators/);
    await carol.goto(`${dev.issuer}/admin/keys`);
    assert.match(await carol.locator('h1').innerText(), /not yours/);

    await page.goto(`${dev.issuer}/admin/administrators`);
    await follow(page, 'carol');
    await page.getByRole('checkbox', { name: /^support/ }).uncheck();
    await pressButton(page, 'Save');
    await carol.goto(`${dev.issuer}/admin/users`);
    assert.match(await carol.locator('h1').innerText(), /for administrators/, 'taken back while she is there');
  });
});

story('who did what is found by name, kept in a file, and proved', {}, async ({ page, dev }) => {
  await enter(page, dev);
  const own = await addPerson(page, dev, { username: 'carol', name: 'Carol Example' });
  await pressButton(page, 'Lock the account');
  assert.match(await told(page), /carol is locked/);
  await page.reload();
  await follow(page, 'Delete this person…');
  await page.getByLabel(/^Type the user name/).fill('caro');
  await pressButton(page, 'Delete');
  await page.getByLabel(/^Type the user name/).fill('carol');
  await pressButton(page, 'Delete');
  assert.match(await told(page), /carol was deleted/);
  const sub = own.split('/').pop();

  await page.goto(`${dev.issuer}/admin/audit`);
  await page.getByLabel('Who did it').fill('admin');
  await page.getByLabel('Event').fill('user.*');
  await pressButton(page, 'Find');
  const events = await page.locator('td code').allInnerTexts();
  assert.deepEqual(events.filter((event) => /^user\.(create|lock|delete)$/.test(event)), ['user.delete', 'user.lock', 'user.create']);
  assert.match(await said(page), new RegExp(sub), 'who is gone is known by the sub');

  const file = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CSV' }).click();
  const lines = await text(await file);
  assert.equal(lines.match(/user\.lock/g).length, 1);
  assert.doesNotMatch(lines, /key\./, 'the file holds what was asked for');
  await pressButton(page, 'Verify the chain');
  assert.match(await page.locator('h1').innerText(), /The chain holds/);
});

async function text(download) {
  const pieces = [];
  for await (const piece of await download.createReadStream()) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

test('the first administrator comes in by a link that is good once, and makes another', { timeout: 120_000 }, async () => {
  const empty = await startEmpty();
  try {
    await withPage({}, async (page) => {
      await page.goto(empty.setup);
      await assertAccessible(page, 'setup');
      await page.getByLabel('Username').fill('olive');
      await page.getByLabel('New password').fill('short');
      await page.locator('form').evaluate((form) => { form.noValidate = true; });
      await pressButton(page, 'Create and sign in');
      assert.match(await page.getByRole('alert').innerText(), /12 characters/);
      await page.getByLabel('New password').fill('an owner of few words');
      await pressButton(page, 'Create and sign in');
      await signIn(page, { username: 'olive', password: 'an owner of few words' });
      assert.match(await page.title(), /^Home/);
      assert.match(await said(page), /There is one owner/);
      await page.goto(empty.setup);
      assert.match(await said(page), /not good any more/);

      await addPerson(page, empty, { username: 'paul', name: 'Paul' });
      await page.goto(`${empty.issuer}/admin/administrators`);
      await page.getByLabel('Make somebody an administrator').fill('paul');
      await pressButton(page, 'Choose roles…');
      await page.getByRole('checkbox', { name: /^owner/ }).check();
      await pressButton(page, 'Save');
      await page.goto(`${empty.issuer}/admin`);
      assert.doesNotMatch(await said(page), /There is one owner/);
    });
  } finally {
    await empty.stop();
  }
});

story('somebody who is no administrator is told so, and signed out means out', {}, async ({ page, dev }) => {
  await page.goto(`${dev.issuer}/admin/keys`);
  await signIn(page, dev.users[ALICE]);
  assert.match(await page.locator('h1').innerText(), /for administrators/);
  await follow(page, 'Use another account');
  await pressButton(page, 'Use another account');
  await signIn(page, dev.users[ADMIN]);
  assert.match(await page.title(), /^Home/);
  await follow(page, 'Sign out');
  await pressButton(page, 'Sign out');
  await page.goto(`${dev.issuer}/admin`);
  assert.doesNotMatch(await page.title(), /^Home/, 'the session at the console is over');
});

story('the console needs no JavaScript', { javaScriptEnabled: false }, async ({ page, dev }) => {
  await enter(page, dev, '/admin/keys/schedule');
  await pressButton(page, 'Pause');
  assert.match(await told(page), /^Paused/);
  await pressButton(page, 'Resume');
  assert.match(await told(page), /^Resumed/);
});

const PAGES = [
  '/admin',
  '/admin?q=a&reach=7d',
  '/admin/users',
  '/admin/users?q=nobody-of-that-name',
  '/admin/users/new',
  '/admin/groups',
  '/admin/groups/staff',
  '/admin/keys',
  '/admin/keys/rotate',
  '/admin/keys/schedule',
  '/admin/keys/emergency',
  '/admin/sessions',
  '/admin/sessions?address=nonsense',
  '/admin/sessions/end?user=alice',
  '/admin/revocations',
  '/admin/audit',
  '/admin/audit?outcome=nonsense',
  '/admin/flows',
  '/admin/flows?client=notes',
  '/admin/administrators',
  '/api',
];

const PAGES_OF_APPLICATIONS = [
  '/admin/clients',
  '/admin/clients/new',
  '/admin/clients/new?kind=web&for=grafana',
  '/admin/clients/new?kind=service',
  '/admin/clients/new?kind=api',
  '/admin/clients/notes',
  '/admin/clients/notes/settings',
  '/admin/clients/notes/edit',
  '/admin/clients/notes/secrets',
  '/admin/clients/notes/activity',
  '/admin/clients/notes/danger',
  '/admin/clients/notes/delete',
  '/admin/resources',
  '/admin/resources/new',
  '/admin/resources/scopes/new',
];

async function assertAllAccessible(page, dev, paths) {
  for (const path of paths) {
    const response = await page.goto(dev.issuer + path);
    assert.ok(response.status() < 500 && response.status() !== 404, path);
    await assertAccessible(page, path);
  }
}

/** What cannot be reached by an address that is known before: one page leads to the next. */
async function assertWayAccessible(page, dev, start, ...steps) {
  await page.goto(dev.issuer + start);
  for (const step of steps) {
    await step(page);
    await assertAccessible(page, `${start}, then ${page.url()}`);
  }
}

const following = (name) => (page) => follow(page, name);
const pressing = (name) => (page) => pressButton(page, name);

story('everybody can use every page of the console', {}, async ({ page, dev }) => {
  await withPage({}, (person) => person.goto(`${dev.issuer}/authorize?client_id=notes&response_type=code&redirect_uri=${dev.apps[0]}/oauth/callback`));
  await enter(page, dev);
  await addGroup(page, dev, { name: 'staff', description: 'Everybody', roles: 'reader' });
  await assertAllAccessible(page, dev, PAGES);
  const walk = (start, ...steps) => assertWayAccessible(page, dev, start, ...steps);
  await walk('/admin/users', following('alice'), following('Edit'));
  await walk('/admin/users?q=alice', following('alice'), following('Administrative roles…'));
  await walk('/admin/users?q=alice', following('alice'), following('Delete this person…'));
  await walk('/admin/keys', following(/^k-/), following('Emergency revoke…'));
  await walk('/admin/keys', following(/^Activate anyway/));
  await walk('/admin/flows?client=notes', following(CODE), following('Add this address…'));
  await walk('/admin/audit', pressing('Verify the chain'));
  await rotateAnyway(page, dev, 'ES256');
  await walk('/admin/keys', following(/^Retire/), following('Keys'));
  await page.goto(`${dev.issuer}/admin/keys/no-such-key`);
  await assertAccessible(page, 'no such key');
});

story('everybody can use every page about applications', {}, async ({ page, dev }) => {
  await enter(page, dev);
  await assertAllAccessible(page, dev, PAGES_OF_APPLICATIONS);
  const walk = (start, ...steps) => assertWayAccessible(page, dev, start, ...steps);
  const mistaken = (field) => async () => {
    await page.getByLabel(field, { exact: true }).fill('not an address');
    await pressButton(page, 'Look at the difference');
  };
  const different = (field, value) => async () => {
    await page.getByLabel(field, { exact: true }).fill(value);
    await pressButton(page, 'Look at the difference');
  };
  await walk('/admin/clients/notes/edit', mistaken('Redirect URIs'));
  await walk('/admin/clients/notes/edit', different('Redirect URIs', 'https://notes.example.org/callback'));
  await walk('/admin/clients/notes/secrets', pressing('Make a new secret'));
  await walk('/admin/resources', following(/^http/), different('Name', 'Pins'));
  await walk('/admin/resources', following(/^http/), following('Delete this API…'));
});
