// Whether everybody can use a page: what axe finds by the rules of WCAG 2.2 AA, and whether the page fits its window.
// Owns the windows a page is looked at in; which pages those are is not decided here.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const STANDARD = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const EVERYTHING = {
  runOnly: STANDARD,
  rules: { 'target-size': { enabled: true } }, // Off by default.
  resultTypes: ['violations'],
  preload: false, // It would fetch style sheets, which neither a file nor our content security policy allows.
};

/** The rules that colours and sizes can break; all others read the page's structure. */
const LOOKS = { ...EVERYTHING, runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block', 'target-size'] } };

const WINDOWS = [
  { colorScheme: 'light', width: 1280, height: 800, rules: EVERYTHING },
  { colorScheme: 'dark', width: 1280, height: 800, rules: LOOKS },
  { colorScheme: 'light', width: 360, height: 740, rules: LOOKS },
  { colorScheme: 'dark', width: 360, height: 740, rules: EVERYTHING },
];

/** The narrowest window a page has to fit without scrolling sideways (WCAG 1.4.10). */
const NARROWEST = { width: 320, height: 740 };

/** Looks at the page that is open, light and dark, wide and narrow. `name` is for the report. */
export async function assertAccessible(page, name) {
  await load(page);
  const found = [];
  for (const { colorScheme, rules, ...size } of WINDOWS) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' }); // Colours on their way are no colours of ours.
    await page.setViewportSize(size);
    for (const line of await findings(page, rules)) found.push(`${colorScheme}, ${size.width} px: ${line}`);
  }
  assert.deepEqual(found, [], name);
  await assertFits(page, name);
}

/** The page that is open does not scroll sideways in a narrow window, whichever way it is written. */
export async function assertFits(page, name) {
  await page.setViewportSize(NARROWEST);
  for (const direction of ['rtl', 'ltr']) {
    await page.evaluate((dir) => { document.documentElement.dir = dir; }, direction);
    assert.deepEqual(await beyond(page), [], `${name}, ${direction}`);
  }
}

/** Brings axe into the page the way a debugger does, so that the page's own content security policy stays in force. */
async function load(page) {
  const debug = await page.context().newCDPSession(page);
  const { exceptionDetails } = await debug.send('Runtime.evaluate', { expression: AXE, silent: true });
  assert.equal(exceptionDetails, undefined, 'axe can be loaded');
  await debug.detach();
}

async function findings(page, rules) {
  const violations = await page.evaluate(async (options) => (await globalThis.axe.run(document, options)).violations, rules);
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id} (${help}): ${node.html.slice(0, 160)}`));
}

/** Elements that stick out of the window sideways, if the page scrolls there. */
async function beyond(page) {
  return page.evaluate(() => {
    const { scrollWidth } = document.documentElement;
    if (scrollWidth <= innerWidth) return [];
    const sticksOut = ({ left, right }) => left < 0 || right > innerWidth;
    const out = [...document.querySelectorAll('body *')].filter((element) => sticksOut(element.getBoundingClientRect()));
    return [`${scrollWidth} px wide in a window of ${innerWidth}: ${out.map((element) => element.tagName).join(', ')}`];
  });
}
