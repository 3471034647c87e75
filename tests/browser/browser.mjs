// A person at a browser. Owns the browser process, what counts as a complaint, and the frame every story is told in.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { chromium } from 'playwright-core';
import { startDev } from './dev.mjs';

const STORY_LIMIT_MS = 120_000;
const STEP_LIMIT_MS = 15_000;

/** How Chromium begins to say that what it loaded came with an error's status. */
const FAILED = 'Failed to load resource: the server responded with a status of';

const FLAGS = [
  '--no-sandbox', // Chromium refuses its sandbox to root, which is who runs in most containers. Only our pages are opened.
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE *.localhost , EXCLUDE 127.0.0.1',
];

/**
 * Tells a story: `play({ page, dev, app })` with a sandbox, a browser's context and an app of its own, all gone afterwards. `app`
 * is a program on this machine that is sent answers at `app.callback` and shows a page titled "App". The story fails
 * when a page threw, wrote an error to the console, or broke its content security policy (Chromium reports that there).
 * `options` are those of a browser context, such as `{ javaScriptEnabled: false }`, and `cookies: 'blocked'` for a
 * browser whose settings refuse them all.
 */
export function story(name, options, play) {
  test(name, { timeout: STORY_LIMIT_MS }, async () => {
    const [dev, app] = await Promise.all([startDev(), startApp()]);
    try {
      await withPage(options, (page) => play({ page, dev, app }));
    } catch (error) {
      await dev.stop().catch(() => {}); // What went wrong first is what to tell.
      throw error;
    } finally {
      app.stop();
    }
    await dev.stop();
  });
}

/** A browser follows redirects by itself, so that what stands at their end has to be there. */
async function startApp() {
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<title>App</title>'));
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { callback: `http://127.0.0.1:${server.address().port}/callback`, stop };
}

/** Runs `play(page)` in a browser that knows nothing of other stories; fails when a page complained, see `story`. */
export async function withPage(options, play) {
  const { context, close } = await open(options);
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(STEP_LIMIT_MS);
    const complaints = listen(page);
    try {
      await play(page);
    } catch (error) {
      throw new Error(`${error.message}\n${await whereabouts(page)}\n${told(complaints)}`, { cause: error });
    }
    if (complaints.size > 0) assert.fail(told(complaints));
  } finally {
    await close();
  }
}

const PROGRAM = { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS };

/** The browser all stories of a file share, each in a context of its own; started by the first that needs it. */
let browser;
export const closeBrowser = async () => (await browser)?.close();
after(closeBrowser);

/** A context that shares nothing with any other; `close()` ends it. */
async function open({ cookies = 'kept', ...options }) {
  if (cookies === 'kept') {
    browser ??= chromium.launch(PROGRAM);
    const context = await (await browser).newContext(options);
    return { context, close: () => context.close() };
  }
  // A setting of the person's, not of a page: only a profile on disk can hold it.
  const profile = mkdtempSync(join(tmpdir(), 'signet-profile-'));
  mkdirSync(join(profile, 'Default'));
  const settings = { profile: { default_content_setting_values: { cookies: 2 } } };
  writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(settings));
  const context = await chromium.launchPersistentContext(profile, { ...PROGRAM, ...options });
  const close = async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  };
  return { context, close };
}

/**
 * Collects what `page` complains about from now on, each complaint once. That a page itself came with an error's status
 * is no complaint: whether it should have is the story's to say.
 */
function listen(page) {
  const complaints = new Set();
  page.on('console', (message) => {
    const { url } = message.location();
    if (isIcon(url) || (message.text().startsWith(FAILED) && url === page.url())) return;
    if (message.type() === 'error') complaints.add(`${message.text()} (${url})`);
  });
  page.on('pageerror', (error) => complaints.add(`${error}`));
  return complaints;
}

/** Chromium asks every host for an icon no page has named; that an app has none is nobody's mistake. */
function isIcon(url) {
  return URL.canParse(url) && new URL(url).pathname === '/favicon.ico';
}

function told(complaints) {
  return complaints.size === 0 ? 'The pages did not complain.' : `The pages complained:\n${[...complaints].join('\n')}`;
}

/** What a person would see, for the report of a failure. */
async function whereabouts(page) {
  const text = await page.locator('body').innerText({ timeout: 1000 }).catch(() => 'no readable page');
  return `at ${page.url()} "${await page.title().catch(() => '')}":\n${text.slice(0, 1000)}`;
}

/** Presses the one submit button of the page's main form, which is its first, and waits for the page it leads to. */
export async function submit(page) {
  await press(page, page.locator('form').first().locator('button:not([type]), button[type=submit], input[type=submit]'));
}

/** Presses the button that says `text` and waits for the page it leads to. */
export async function pressButton(page, text) {
  await press(page, page.getByRole('button', { name: text, exact: true }));
}

async function press(page, button) {
  await button.waitFor();
  await Promise.all([page.waitForEvent('load'), button.click()]);
}

/** Whether the page belongs to the site at `url`. */
export function isAt(page, url) {
  return new URL(page.url()).origin === new URL(url).origin;
}
