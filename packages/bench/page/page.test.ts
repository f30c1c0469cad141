import '@tenfold/backend-simd';
import '@tenfold/gradients';
import { mkdirSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assignParameters, loadSafetensors } from '@tenfold/layers';
import { sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { accuracy, evaluate } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';
import { unzipSync } from 'fflate';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { selectBackend } from '../src/backends';
import { buildModel } from '../src/recipes/build-model';
import { parseResults, type Results } from '../src/results';
import { compare } from '../src/run/compare';
import { testBatches } from '../src/run/data';
import { describeMachine } from '../src/run/machine';
import { openRunFolder } from '../src/run-folder';
import { openCheckpoints } from '../src/run-folder/checkpoints';
import { type RunRecord, readRunRecord } from '../src/run-folder/run-record';
import { type PageServer, servePage } from '../src/serve/page-server';
import { hasChromium, launch } from './test/browser';
import { buildSmallPage, smallData, smallRecipes } from './test/small-page';

vi.mock('../src/run/data-set', async () => {
  const { smallData } = await import('./test/small-page');
  return { dataSet: { name: 'CIFAR-10', sha256: {}, load: async () => smallData } };
});

type Files = { [name: string]: Uint8Array };

const PATIENCE = 90_000; // milliseconds

describe.skipIf(!hasChromium())('the page', { timeout: 2 * PATIENCE }, () => {
  let server: PageServer;
  let folders: Awaited<ReturnType<typeof buildSmallPage>>;
  let browser: Browser;
  const open: Page[] = [];

  beforeAll(async () => {
    folders = await buildSmallPage();
    server = await servePage({ ...folders, host: '127.0.0.1', port: 0 });
    browser = await launch();
  });
  afterEach(async () => {
    for (const page of open.splice(0)) await page.context().close();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /** A visitor who was never here before. Whatever the page or its worker complains about fails the test. */
  async function visit(
    options: BrowserContextOptions = {},
    { url = server.url, of = browser }: { url?: string; of?: Browser } = {},
  ): Promise<Page> {
    const context = await of.newContext({
      viewport: { width: 1200, height: 900 },
      acceptDownloads: true,
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    page.on('pageerror', (error) => {
      throw error;
    });
    page.on('dialog', (dialog) => void dialog.accept());
    open.push(page);
    await page.goto(url);
    await page.waitForSelector('#models input');
    return page;
  }

  const finished = (page: Page) => page.waitForSelector('#results-body .cards', { timeout: PATIENCE });
  const reached = (page: Page, step: number) =>
    page.waitForFunction((least) => {
      const found = /step (\d+) of/.exec(document.getElementById('stage')?.textContent ?? '');
      return found !== null && Number(found[1]) >= least;
    }, step);

  async function choose(page: Page, model: string): Promise<void> {
    for (const input of await page.$$('#models input:checked')) await input.uncheck();
    await page.check(`#models input[value=${model}]`);
  }

  async function downloaded(page: Page, button = 'text=Download the run'): Promise<Files> {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
    const entries = unzipSync(new Uint8Array(await readFile(await download.path())));
    // All lie in one folder.
    return Object.fromEntries(
      Object.entries(entries).map(([name, bytes]) => [name.slice(name.indexOf('/') + 1), bytes]),
    );
  }

  const noSidewaysScrolling = (page: Page) =>
    page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);

  let unbroken: Files;

  it('trains on simd by keyboard alone, and its run is one of the command line', async () => {
    const page = await visit();
    expect(await page.textContent('#backends')).toMatch(/Not here: this browser finds no graphics card/);
    expect(await page.isDisabled('#backends input[value=webgpu]')).toBe(true);
    expect(await page.textContent('#backends')).toMatch(/WebAssembly SIMD on \d+ threads/);

    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
    for (const key of ['Tab', 'Space', 'Enter']) await page.keyboard.press(key);
    expect(
      await page.$$eval('#models input:checked', (all) => all.map((one) => one.getAttribute('value'))),
    ).toEqual(['fnn']);
    await finished(page);
    expect(await page.textContent('#stage')).toBe('Finished');
    expect(await page.title()).toMatch(/^Finished/);
    expect(await page.$$('#charts canvas')).toHaveLength(3);
    expect(await page.getAttribute('#charts .live-plot', 'aria-label')).toMatch(
      /^Loss over epochs: fnn [\d.]+, test [\d.]+/,
    );
    expect(await page.$$('#seen .samples > li')).toHaveLength(24);
    expect(await page.$$('#seen .heat tbody tr')).toHaveLength(10);
    expect(await page.textContent('#results-body')).toMatch(/88\.3 %/);

    const files = await downloaded(page);
    const results = resultsOf(files);
    const [model] = results.models;
    expect(results.backend).toMatchObject({ name: 'simd' });
    expect(model).toMatchObject({ name: 'fnn', seed: 0, epochs: 4, testImages: 80, peakMemoryBytes: null });
    expect(model!.testAccuracy).toBeGreaterThan(0.5);
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(['run.json', 'state.json', 'steps.jsonl', 'report.html', 'report.md']),
    );
    unbroken = files;
    expect(await accuracyInNode(files['fnn-seed-0.safetensors']!)).toBeCloseTo(model!.testAccuracy!, 6);
  });

  it('goes on after a pause and a reload, and ends with the same bits', async () => {
    const page = await visit();
    let fetched: string[] = [];
    page.context().on('request', (request) => {
      if (request.method() === 'GET' && request.url().endsWith('.bin')) fetched.push(request.url());
    });
    await choose(page, 'fnn');
    await page.click('#start');
    await reached(page, 5);
    await page.click('#pause');
    await page.waitForSelector('#resume:visible');
    await expectContinuable(await downloaded(page, '.runs button:has-text("Download")'));
    await page.click('#resume');
    await reached(page, 45); // in the second epoch: there is a checkpoint of the first
    expect(fetched).toHaveLength(6);
    fetched = [];
    await page.reload();
    await page.click('.runs button:has-text("Resume")');
    await finished(page);
    const files = await downloaded(page);
    const results = resultsOf(files);
    expect(fetched).toEqual([]); // the data were kept
    // A break right after another, without a checkpoint between them, is one.
    expect([1, 2]).toContain(results.resumed?.times);
    expect(results.resumed).toMatchObject({ bits: 'equal', differences: [] });
    expect(Buffer.compare(files['fnn-seed-0.safetensors']!, unbroken['fnn-seed-0.safetensors']!)).toBe(0);
  });

  it('opens a run of the command line on a phone in the dark, and looks at images with its model', async () => {
    const folder = await runInNode();
    const page = await visit({ viewport: { width: 390, height: 800 }, colorScheme: 'dark', isMobile: true });
    expect(await noSidewaysScrolling(page)).toBe(true);
    await page.setInputFiles('#upload', [
      join(folder, 'results.json'),
      join(folder, 'fnn-seed-0.safetensors'),
    ]);
    await finished(page);
    expect(await noSidewaysScrolling(page)).toBe(true);
    const background = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(background).toBe('rgb(20, 24, 28)');
    await page.click('text=Test images by fnn');
    await page.waitForSelector('#seen .samples > li');
    const shown = await page.$$eval('#seen .samples > li', (all) => all.map((one) => one.className));
    expect(shown).toEqual(await verdictsInNode(await readFile(join(folder, 'fnn-seed-0.safetensors'))));

    await page.setInputFiles('#upload', {
      name: 'notes.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('x'),
    });
    await page.waitForSelector('#upload-error:visible');
    expect(await page.textContent('#upload-error')).toMatch(/no results\.json and no run\.json .*notes\.txt/);
  });

  it('goes on with a run that was stopped in Node', async () => {
    const folder = await stoppedInNode();
    const page = await visit();
    const names = [
      ...readdirSync(folder),
      ...readdirSync(join(folder, 'checkpoints')).map((name) => `checkpoints/${name}`),
    ];
    const files = names.filter((name) => /\.\w+$/.test(name)).map((name) => join(folder, name));
    await page.setInputFiles('#upload', files);
    await page.click('#resume');
    await finished(page);
    const results = resultsOf(await downloaded(page));
    expect(results.resumed).toMatchObject({ times: 1, bits: 'approximate' });
    expect(results.models[0]!.history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    expect(results.models[0]!.testAccuracy).toBeGreaterThan(0.5);
  });

  it('says that simd has one thread when the host sends no headers', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    open.push(page);
    await context.route('**/*', async (route) => {
      const response = await route.fetch();
      const headers = Object.entries(response.headers()).filter(([name]) => !name.startsWith('cross-origin'));
      await route.fulfill({ response, headers: Object.fromEntries(headers) });
    });
    await page.goto(server.url);
    await page.waitForSelector('#models input');
    expect(await page.textContent('#notices')).toMatch(
      /not cross-origin isolated, so simd runs on one thread/,
    );
  });

  it('says where it looked for the data in vain', async () => {
    const empty = await servePage({ ...folders, dataFolder: folders.pageFolder, host: '127.0.0.1', port: 0 });
    const page = await visit({}, { url: empty.url });
    await choose(page, 'fnn');
    await page.click('#start');
    await page.waitForSelector('#live-error:visible');
    expect(await page.textContent('#live-error')).toMatch(
      /could not be fetched:\s+- jsdelivr: .*\s+- unpkg: /,
    );
    await empty.close();
  });

  it('trains on WebGPU, to the losses of simd', async () => {
    const withGpu = await launch({ webgpu: true });
    try {
      const page = await visit({}, { of: withGpu });
      expect(await page.textContent('#backends')).toMatch(/The graphics card: .*computes on the processor/i);
      await choose(page, 'fnn');
      await page.check('#backends input[value=webgpu]');
      await page.click('#start');
      await reached(page, 8);
      await page.click('#pause');
      await page.waitForSelector('#resume:visible');
      const files = await downloaded(page, '.runs button:has-text("Download")');
      const [ours, simd] = [lossesOf(files['steps.jsonl']!), lossesOf(unbroken['steps.jsonl']!)];
      expect(ours.length).toBeGreaterThanOrEqual(8);
      for (const [i, loss] of ours.entries()) expect(Math.abs(loss / simd[i]! - 1)).toBeLessThan(1e-2);
      expect(Math.abs(ours[0]! / simd[0]! - 1)).toBeLessThan(1e-4);
    } finally {
      await withGpu.close();
    }
  });
});

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const resultsOf = (files: Files): Results => parseResults(JSON.parse(text(files['results.json']!)));

/** Of every step, by its log. */
const lossesOf = (log: Uint8Array): number[] =>
  text(log)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'step')
    .map(({ loss }) => loss);

/** A run by the command line's own parts, with one model. */
async function runInNode(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tenfold-run-'));
  await tf.setBackend('simd');
  const recipes = [{ ...smallRecipes.fnn, epochs: 1 }];
  const options = { profile: 'quick', models: ['fnn' as const], backend: 'simd', seeds: [0], recipes };
  const results = await compare(
    { ...options, outputDirectory: folder, command: 'npx @tenfold/bench' },
    () => {},
  );
  await writeFile(join(folder, 'results.json'), JSON.stringify(parseResults(results)));
  return folder;
}

/** A run as the command line leaves it after Ctrl-C in the second epoch. */
async function stoppedInNode(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tenfold-run-'));
  const { name, details } = await selectBackend('simd');
  const choices = {
    profile: 'quick',
    models: ['fnn' as const],
    seeds: [0],
    heldOut: 0,
    recipes: [smallRecipes.fnn],
  };
  const record: RunRecord = {
    ...choices,
    schemaVersion: 3,
    createdAt: new Date().toISOString(),
    command: 'npx @tenfold/bench',
    v8Flags: false,
    checkpointMinutes: 5,
    backend: { name: name as 'simd', details },
    dataset: { name: 'CIFAR-10', sha256: {} },
    machine: describeMachine(),
  };
  const run = await openRunFolder(folder, record);
  const controller = new AbortController();
  const { signal } = controller;
  const options = { ...record, backend: name, outputDirectory: folder, checkpoints: run.checkpoints, signal };
  await compare(options, (event) => {
    run.log(event);
    if (event.type === 'step' && event.step === 50) controller.abort(new Error('stopped'));
  }).catch((error) => expect(error).toBe(signal.reason));
  run.abandon('interrupted');
  return folder;
}

/** What the command line's --resume reads can be read. */
async function expectContinuable(files: Files): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tenfold-run-'));
  mkdirSync(join(folder, 'checkpoints'));
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  expect(await readRunRecord(folder)).toMatchObject({ models: ['fnn'], backend: { name: 'simd' } });
  const checkpoints = await openCheckpoints(folder, { resume: true });
  expect(checkpoints.training).toMatchObject({ model: 'fnn', seed: 0 });
  expect(await checkpoints.load({ model: 'fnn', seed: 0 })).toBeDefined();
}

async function accuracyInNode(safetensors: Uint8Array): Promise<number> {
  const { model, dispose } = await modelOf(safetensors);
  const { metrics } = await evaluate(model, testBatches(smallData, 80), {
    loss: sparseSoftmaxCrossEntropy,
    metrics: { accuracy },
  });
  dispose();
  return metrics.accuracy!;
}

async function verdictsInNode(safetensors: Uint8Array): Promise<string[]> {
  const { model, dispose } = await modelOf(safetensors);
  for await (const { xs, ys } of testBatches(smallData, 24).batches(0)) {
    const [predictions, labels] = [await tf.argMax(model.predict(xs), 1).data(), await ys.data()];
    dispose();
    return Array.from(labels, (label, i) => (label === predictions[i] ? 'right' : 'wrong'));
  }
  throw new Error('no test images');
}

async function modelOf(safetensors: Uint8Array) {
  await tf.setBackend('simd');
  const model = buildModel('fnn', smallRecipes.fnn.architecture, 1);
  const { tensors } = loadSafetensors(safetensors);
  const own = Object.entries(tensors).filter(([name]) => name.startsWith('model/'));
  assignParameters(
    model,
    Object.fromEntries(own.map(([name, tensor]) => [name.replace('model/', ''), tensor])),
  );
  return { model, dispose: () => model.dispose() };
}
