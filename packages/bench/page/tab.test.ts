import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { hasChromium } from './test/browser';
import { runInNode } from './test/in-node';
import { finished, noSidewaysScrolling, PATIENCE, paused, reached, visiting } from './test/visiting';

vi.mock('../src/run/dataset', async () => {
  const { smallData } = await import('./test/small-page');
  return {
    describeDataset: async () => ({ id: 'cifar10', name: 'CIFAR-10', sha256: {} }),
    loadDataset: async () => smallData,
  };
});

describe.skipIf(!hasChromium())('the page in its tab', { timeout: 2 * PATIENCE }, () => {
  const { place, visit } = visiting();

  it('opens a run whose files are dropped on it', async () => {
    const folder = await runInNode();
    const page = await visit();
    const names = ['results.json', 'fnn-seed-0.safetensors'];
    const files = await Promise.all(
      names.map(async (name) => ({ name, base64: (await readFile(join(folder, name))).toString('base64') })),
    );
    const dataTransfer = await page.evaluateHandle((files) => {
      const transfer = new DataTransfer();
      for (const { name, base64 } of files) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        transfer.items.add(new File([bytes], name));
      }
      return transfer;
    }, files);
    const marked = () => page.$eval('#drop', ({ classList }) => classList.contains('over'));
    await page.dispatchEvent('#drop', 'dragover', { dataTransfer });
    expect(await marked()).toBe(true);
    await page.dispatchEvent('#drop', 'dragleave', { dataTransfer });
    expect(await marked()).toBe(false);
    await page.dispatchEvent('#drop', 'drop', { dataTransfer });
    await finished(page);
    expect(await page.textContent('#runs-body')).toMatch(/fnn · CIFAR-10 · quick · simd/);
    expect(await page.isVisible('text=Predict test images with fnn')).toBe(true);
  });

  it('keeps the screen on while it trains, and a checkpoint when it is hidden', async () => {
    // More epochs than a busy machine trains before the test is done: it pauses the run in the end.
    const page = await visit({}, { url: `${place.server.url}#models=fnn&epochs=500`, prepare: watched });
    await page.click('#start');
    await reached(page, 2);
    expect(await locks(page)).toEqual([]); // nobody asked for it
    await page.check('#awake');
    await page.waitForFunction(() => locked().length === 1);
    // The end of an epoch, each 40 steps, leaves a checkpoint anyway: when the page was hidden there, hide it again.
    const hide = async () => {
      await setHidden(page, false);
      await setHidden(page, true);
      return page.evaluate(() =>
        heard().some(({ type, step = 0 }) => type === 'checkpoint' && step % 40 !== 0),
      );
    };
    await expect.poll(hide, { interval: 200, timeout: PATIENCE }).toBe(true);
    await setHidden(page, false);
    await paused(page);
    // The browser itself takes it away from a hidden tab; here nobody does, and the page gives it back.
    await page.waitForFunction(() => locked().at(-1) === 'release');
    const calls = await locks(page);
    expect(calls.length).toBeGreaterThanOrEqual(4);
    expect(calls).toEqual(calls.map((_, i) => (i % 2 === 0 ? 'request' : 'release')));
  });

  it('trains where a screen cannot be kept on, and where that is refused', async () => {
    const url = `${place.server.url}#models=fnn&epochs=1`;
    const without = await visit({}, { url, prepare: (context) => context.addInitScript(withoutWakeLock) });
    expect(await without.isHidden('#awake-label')).toBe(true);
    await without.click('#start');
    await finished(without);
    const refused = await visit(
      {},
      { url, prepare: (context) => context.addInitScript(withRefusedWakeLock) },
    );
    await refused.click('#start');
    await refused.check('#awake');
    await finished(refused);
    expect(await refused.isHidden('#live-error')).toBe(true);
  });

  it('fits on a phone, light and dark', async () => {
    const viewport = { width: 390, height: 844 };
    const page = await visit(
      { viewport, isMobile: true },
      { url: `${place.server.url}#models=fnn&epochs=2` },
    );
    const look = async (name: string) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await noSidewaysScrolling(page)).toBe(true);
        const folder = process.env.SCREENSHOTS; // to look at
        if (!folder) continue;
        await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`), fullPage: true });
      }
    };
    await look('before');
    await page.click('#start');
    await reached(page, 45);
    await page.waitForSelector('#paper-comparison td:text-matches("^[12] of 2")');
    await look('training');
    await finished(page);
    await look('finished');
  });
});

// What the page's own scripts find in a browser that is watched.
declare const heard: () => { type: string; step?: number }[];
declare const locked: () => string[];

/** Has the page note what the worker tells, and what becomes of a screen lock. */
async function watched(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const [events, calls] = [[] as { type: string }[], [] as string[]];
    const { Worker: Real } = globalThis;
    const request = async () => {
      calls.push('request');
      return { released: false, release: async () => void calls.push('release') };
    };
    Object.assign(globalThis, {
      heard: () => events,
      locked: () => calls,
      Worker: class extends Real {
        constructor(...args: ConstructorParameters<typeof Worker>) {
          super(...args);
          this.addEventListener('message', ({ data }) => data.event && events.push(data.event));
        }
      },
    });
    Object.defineProperty(navigator, 'wakeLock', { value: { request } });
  });
}

const locks = (page: Page) => page.evaluate(() => locked());

function withoutWakeLock(): void {
  Reflect.deleteProperty(Object.getPrototypeOf(navigator), 'wakeLock');
}

function withRefusedWakeLock(): void {
  const request = async () => {
    throw new DOMException('the battery is low', 'NotAllowedError');
  };
  Object.defineProperty(navigator, 'wakeLock', { value: { request } });
}

async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}
