// A person at a browser. Owns the browser process, what counts as a complaint, and the frame every story is told in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
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
 * Tells a story: `play({ page, dev })` with a sandbox and a browser of its own, both gone afterwards. The story fails
 * when a page threw, wrote an error to the console, or broke its content security policy (Chromium reports that there).
 * `options` are those of a browser context, such as `{ javaScriptEnabled: false }`.
 */
export function story(name, options, play) {
  test(name, { timeout: STORY_LIMIT_MS }, async () => {
    const dev = await startDev();
    try {
      await withPage(options, (page) => play({ page, dev }));
    } catch (error) {
      await dev.stop().catch(() => {}); // What went wrong first is what to tell.
      throw error;
    }
    await dev.stop();
  });
}

/** Runs `play(page)` with a browser of its own, gone afterwards; fails when a page complained, see `story`. */
export async function withPage(options, play) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
  try {
    const page = await (await browser.newContext(options)).newPage();
    page.setDefaultTimeout(STEP_LIMIT_MS);
    const complaints = listen(page);
    try {
      await play(page);
    } catch (error) {
      throw new Error(`${error.message}\n${await whereabouts(page)}\n${told(complaints)}`, { cause: error });
    }
    if (complaints.size > 0) assert.fail(told(complaints));
  } finally {
    await browser.close();
  }
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
