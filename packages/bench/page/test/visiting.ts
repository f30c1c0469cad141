import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { ModelName } from '../../src/models/models';
import { parseResults, type Results } from '../../src/results/results';
import { type PageServer, servePage } from '../../src/serve/page-server';
import { launch } from './browser';
import { buildSmallPage, type SmallPageOptions } from './small-page';

/** In milliseconds; `TEST_PATIENCE=5` waits five times as long, for a busy machine. */
export const PATIENCE = 90_000 * Number(process.env.TEST_PATIENCE ?? 1);

export type Files = { [name: string]: Uint8Array };

interface VisitOptions {
  url?: string;
  of?: Browser;
  /** Whether the page times more than the training; false by default. */
  measure?: boolean;
  /** How to prepare the browser before it opens the page. */
  prepare?(context: BrowserContext): Promise<unknown>;
}

/** A small page, its server and a browser for the tests of a file; call it where tests are declared. */
export function visiting({ webgpu = false, ...build }: SmallPageOptions & { webgpu?: boolean } = {}) {
  const place = {} as {
    server: PageServer;
    folders: Awaited<ReturnType<typeof buildSmallPage>>;
    browser: Browser;
  };
  const open: BrowserContext[] = [];
  beforeAll(async () => {
    place.folders = await buildSmallPage(build);
    place.server = await servePage({ ...place.folders, host: '127.0.0.1', port: 0 });
    place.browser = await launch({ webgpu });
  }, PATIENCE);
  afterEach(async () => {
    for (const context of open.splice(0)) await context.close();
  });
  afterAll(async () => {
    await place.browser?.close();
    await place.server?.close();
  });

  /** Opens the page in a fresh browser profile. Any error message of the page fails the test. */
  async function visit(
    options: BrowserContextOptions = {},
    { url = place.server.url, of = place.browser, measure = false, prepare }: VisitOptions = {},
  ): Promise<Page> {
    const viewport = { width: 1200, height: 900 };
    const context = await of.newContext({ viewport, acceptDownloads: true, ...options });
    open.push(context);
    await prepare?.(context);
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    page.on('pageerror', (error) => {
      throw error;
    });
    page.on('dialog', (dialog) => void dialog.accept());
    await page.goto(`${url}${url.includes('#') ? '&' : '#'}measure=${measure}`);
    await page.waitForSelector('#models input');
    return page;
  }
  return { place, visit };
}

export const finished = (page: Page) => page.waitForSelector('#results-body .cards', { timeout: PATIENCE });

/** Waits until the current training, or that of a model, has taken that many steps. */
export const reached = (page: Page, step: number, model = '') =>
  page.waitForFunction(
    ([least, name]) => {
      const text = document.getElementById('stage')?.textContent ?? '';
      const found = text.startsWith(name) && /step (\d+) of/.exec(text);
      return found && Number(found[1]) >= least;
    },
    [step, model] as const,
  );

export async function choose(page: Page, model: string): Promise<void> {
  for (const input of await page.$$('#models input:checked')) await input.uncheck();
  await page.check(`#models input[value=${model}]`);
}

export async function downloaded(page: Page, button = 'text=Download run'): Promise<Files> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  const entries = unzipSync(new Uint8Array(await readFile(await download.path())));
  // All are in one folder.
  return Object.fromEntries(
    Object.entries(entries).map(([name, bytes]) => [name.slice(name.indexOf('/') + 1), bytes]),
  );
}

/** Pauses the current run and returns its files. */
export async function paused(page: Page): Promise<Files> {
  await page.click('#pause');
  await page.waitForSelector('#resume:visible');
  return downloaded(page, '.runs button:has-text("Download")');
}

export const noSidewaysScrolling = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
export const readResults = (files: Files): Results => parseResults(JSON.parse(text(files['results.json']!)));

/** The loss of every step of a model, from the log. */
export const readLosses = (log: Uint8Array, model: ModelName): number[] =>
  text(log)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter((line) => line.type === 'step' && line.model === model)
    .map(({ loss }) => loss);
