// mozilla-django-oidc, in a Django project.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pressButton } from '../browser/browser.mjs';
import { allow, assertAskedToSignIn, signIn, told } from './harness/person.mjs';
import { freePort } from './harness/port.mjs';
import { runPython, startPython } from './harness/python.mjs';
import { story } from './harness/story.mjs';

story('mozilla-django-oidc signs Alice in, reads userinfo, renews and signs out', async ({ page, provider, keep }) => {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const registered = await provider.createClient(`
    --client-id cms --name CMS --redirect-uri ${url}/oidc/callback/
    --post-logout-redirect-uri ${url}/
  `);
  await startDjango({ provider, registered, port, keep });

  await page.goto(`${url}/oidc/authenticate/`);
  await signIn(page, provider);
  await allow(page);
  assert.equal(page.url(), `${url}/`);
  const before = await told(page);
  const { sub, email, group } = provider.alice;
  assert.deepEqual(before.user, { username: sub, email, groups: [group], staff: true });

  // The library has no use for refresh tokens: it asks again with prompt=none, and nobody sees a page of ours.
  await page.goto(`${url}/grow-old`);
  assert.equal(page.url(), `${url}/`);
  const after = await told(page);
  assert.deepEqual(after.user, before.user);
  assert.ok(after.expires > before.expires, 'the sign-in was renewed');

  await pressButton(page, 'Sign out');
  assert.equal(page.url(), `${url}/`);
  assert.deepEqual((await told(page)).user, null);
  await page.goto(`${url}/oidc/authenticate/`);
  await assertAskedToSignIn(page, provider);
});

async function startDjango({ provider, registered, port, keep }) {
  const directory = mkdtempSync(join(tmpdir(), 'signet-django-'));
  keep({ stop: () => rmSync(directory, { recursive: true, force: true }) });
  const env = {
    ISSUER: provider.issuer,
    CLIENT_ID: registered.client_id,
    CLIENT_SECRET: registered.client_secret,
    DATABASE: join(directory, 'django.db'),
    DJANGO_SETTINGS_MODULE: 'mozilla_django_oidc_app.settings',
  };
  await runPython(['-m', 'django', 'migrate', '--verbosity', '0'], env);
  keep(
    await startPython(['-m', 'django', 'runserver', '--noreload', `localhost:${port}`], {
      env,
      until: 'Quit the server',
    }),
  );
}
