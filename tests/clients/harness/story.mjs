// The frame every story about a client library is told in: a provider, a browser, and apps that go away afterwards.

import { test } from 'node:test';
import { withPage } from '../../browser/browser.mjs';
import { startProvider } from './provider.mjs';

const STORY_LIMIT_MS = 120_000;

/**
 * Tells a story: `play({ page, provider, keep })`. What is handed to `keep` (anything with `stop()`) is stopped at the
 * end, the last first. When the story fails, the provider's last words are told too.
 */
export function story(name, play) {
  test(name, { timeout: STORY_LIMIT_MS }, async () => {
    const kept = [];
    const keep = (thing) => {
      kept.push(thing);
      return thing;
    };
    try {
      const provider = keep(await startProvider());
      await withPage({}, (page) => play({ page, provider, keep })).catch((error) => {
        throw new Error(`${error.message}\n${kept.map(lastWords).join('')}`, { cause: error });
      });
    } finally {
      for (const thing of kept.reverse()) await thing.stop();
    }
  });
}

function lastWords(thing) {
  return thing.printed ? `...\n${thing.printed().slice(-3000)}\n` : '';
}
