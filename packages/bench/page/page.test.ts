import '@tenfold/backend-simd';
import '@tenfold/gradients';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assignParameters, loadSafetensors } from '@tenfold/layers';
import { sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { accuracy } from '@tenfold/metrics';
import { evaluate } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';
import type { Page } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { buildModel } from '../src/models/build-model';
import { testBatches } from '../src/run/data';
import { imageTask } from '../src/run/image-task';
import { servePage } from '../src/serve/page-server';
import { hasChromium } from './test/browser';
import { filesIn, resumedInNode, runInNode, stoppedInNode } from './test/in-node';
import { smallData, smallDigits, smallRecipes } from './test/small-page';
import {
  choose,
  downloaded,
  type Files,
  finished,
  noSidewaysScrolling,
  PATIENCE,
  paused,
  reached,
  readResults,
  visiting,
} from './test/visiting';

vi.mock('../src/run/dataset', async () => {
  const { smallData } = await import('./test/small-page');
  return {
    describeDataset: async () => ({ id: 'cifar10', name: 'CIFAR-10', sha256: {} }),
    loadDataset: async () => smallData,
  };
});

describe.skipIf(!hasChromium())('the page', { timeout: 2 * PATIENCE }, () => {
  const { place, visit } = visiting();
  let unbroken: Files;

  it('trains on simd by keyboard alone, and its run is one of the command line', async () => {
    const page = await visit({}, { measure: true });
    expect(await page.textContent('#backends')).toMatch(
      /Not available: this browser offers no WebGPU adapter/,
    );
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
    for (const shown of ['#tiles', '#charts figure:nth-child(3)'])
      expect(await page.isVisible(shown)).toBe(true);
    expect(await page.getAttribute('#charts .live-plot', 'aria-label')).toMatch(
      /^Loss over epochs: fnn [\d.]+, test [\d.]+/,
    );
    expect(await page.$$('#seen .samples > li')).toHaveLength(24);
    expect(await page.$$('#seen .heat tbody tr')).toHaveLength(10);
    expect(await page.textContent('#results-body')).toMatch(/88\.3 %/);

    const files = await downloaded(page);
    const results = readResults(files);
    const [model] = results.models;
    expect(results.backend).toMatchObject({ name: 'simd' });
    expect(results.peak!.gflopsPerSecond).toBeGreaterThan(0);
    expect(model).toMatchObject({ name: 'fnn', seed: 0, epochs: 4, testImages: 80, peakMemoryBytes: null });
    expect(model!.inference).toHaveLength(3);
    expect(model!.forecastSeconds).toBeGreaterThan(0);
    expect(model!.testAccuracy).toBeGreaterThan(0.5);
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(['run.json', 'state.json', 'steps.jsonl', 'report.html', 'report.md']),
    );
    unbroken = files;
    expect(await accuracyInNode(files['fnn-seed-0.safetensors']!)).toBeCloseTo(model!.testAccuracy!, 6);
  });

  it('trains on another dataset, and resumes after a reload', async () => {
    const page = await visit();
    await choose(page, 'fnn');
    expect(await page.inputValue('#dataset')).toBe('cifar10');
    await page.selectOption('#dataset', { label: 'MNIST' });
    expect(page.url()).toContain('dataset=mnist');
    await page.click('#start');
    await reached(page, 45);
    expect(await page.textContent('#paper-comparison h3')).toBe('So far');
    expect(await page.isVisible('#paper-comparison p')).toBe(false);
    expect(await page.textContent('#paper-comparison thead')).not.toMatch(/paper/i);
    await page.reload();
    await page.waitForSelector('.runs button:has-text("Resume")');
    expect(await page.inputValue('#dataset')).toBe('mnist');
    expect(await page.textContent('#runs-body')).toMatch(/fnn · MNIST · quick · simd/);
    await page.click('.runs button:has-text("Resume")');
    await finished(page);
    expect(await page.textContent('#seen h3')).toMatch(/^Predictions of fnn for MNIST test images, epoch 4/);
    const sizes = await page.$$eval('#seen canvas', (all) => all.map((one) => one.getAttribute('width')));
    expect(sizes).toEqual(Array(24).fill('28'));
    const rows = await page.$$eval('#seen .heat tbody th', (all) => all.map((one) => one.textContent));
    expect(rows).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(await page.textContent('#storage button')).toBe('Delete MNIST');
    expect(await page.textContent('#results-body')).not.toMatch(/paper/i);
    expect(await page.textContent('#results-body')).toMatch(/Floating-point operations/);

    const files = await downloaded(page);
    const results = readResults(files);
    expect(results).toMatchObject({
      command: expect.stringContaining('--dataset mnist'),
      dataset: { id: 'mnist', name: 'MNIST', imageShape: [28, 28, 1], trainImages: 400 },
      resumed: { times: 1, bits: 'equal' },
    });
    const [model] = results.models;
    expect(model!.testAccuracy).toBeGreaterThan(0.5);
    const inNode = await accuracyInNode(files['fnn-seed-0.safetensors']!, digits);
    expect(inNode).toBeCloseTo(model!.testAccuracy!, 6);
  });

  it('resumes after a pause and a reload, and ends with the same bits', async () => {
    const page = await visit();
    let fetched: string[] = [];
    page.context().on('request', (request) => {
      if (request.method() === 'GET' && request.url().endsWith('.bin')) fetched.push(request.url());
    });
    await choose(page, 'fnn');
    await page.click('#start');
    await reached(page, 5);
    await paused(page);
    await page.click('#resume');
    await reached(page, 45); // in the second epoch: there is a checkpoint of the first
    expect(fetched).toHaveLength(6);
    fetched = [];
    await page.reload();
    await page.click('.runs button:has-text("Resume")');
    await finished(page);
    const files = await downloaded(page);
    const results = readResults(files);
    expect(fetched).toEqual([]); // the data were kept
    // A break right after another, without a checkpoint between them, is one.
    expect([1, 2]).toContain(results.resumed?.times);
    expect(results.resumed).toMatchObject({ bits: 'equal', differences: [] });
    expect(Buffer.compare(files['fnn-seed-0.safetensors']!, unbroken['fnn-seed-0.safetensors']!)).toBe(0);
  });

  it('opens a run of the command line on a phone in the dark, and looks at images with its model', async () => {
    const folder = await runInNode({ measure: true });
    const page = await visit({ viewport: { width: 390, height: 800 }, colorScheme: 'dark', isMobile: true });
    expect(await noSidewaysScrolling(page)).toBe(true);
    await page.setInputFiles('#upload', [
      join(folder, 'results.json'),
      join(folder, 'fnn-seed-0.safetensors'),
    ]);
    await finished(page);
    expect(await noSidewaysScrolling(page)).toBe(true);
    expect(await page.isVisible('#tiles')).toBe(false);
    const charts = await page.$$eval('#charts figure', (all) =>
      all.map((figure) => [figure.textContent!.slice(0, 8), figure.hasAttribute('hidden')]),
    );
    expect(charts).toEqual([
      ['Loss (li', false],
      ['Accuracy', false],
      ['Images p', true],
    ]);
    const background = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(background).toBe('rgb(20, 24, 28)');
    await page.click('text=Predict test images with fnn');
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

  it('resumes a run that was stopped in Node', async () => {
    const page = await visit();
    await page.setInputFiles('#upload', await filesIn(await stoppedInNode()));
    await page.click('#resume');
    await finished(page);
    const results = readResults(await downloaded(page));
    expect(results.resumed).toMatchObject({ times: 1, bits: 'approximate' });
    expect(results.models[0]!.history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    expect(results.models[0]!.testAccuracy).toBeGreaterThan(0.5);
  });

  it('hands a run to Node and takes it back', async () => {
    const page = await visit();
    await choose(page, 'fnn');
    await page.click('#start');
    await reached(page, 5);
    const begun = await paused(page);
    const folder = await resumedInNode(begun, 100);
    await page.setInputFiles('#upload', await filesIn(folder));
    await page.waitForSelector('#paper-comparison td:has-text("2 of 4")');
    const [seconds, flop, ratio] = [/^[\d.]+ m?s$/, /^[\d.]+ [kMG]FLOP$/, /^1\//].map((pattern) =>
      expect.stringMatching(pattern),
    );
    expect(await comparisonRows(page, 'fnn')).toEqual([
      ['fnn', '88.3 %', expect.stringMatching(/^[\d.]+ %$/), expect.stringMatching(/ points$/), '2 of 4'],
      ['fnn', '6.2 h', seconds, seconds, ratio],
      ['fnn', '102.1', flop, flop, flop, ratio],
    ]);
    await page.click('#resume');
    await finished(page);
    const files = await downloaded(page);
    const results = readResults(files);
    expect(results.resumed).toMatchObject({ times: 2, bits: 'approximate' });
    expect(results.models[0]!.history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    expect(results.models[0]!.steps.map(({ step }) => step)).toEqual(
      Array.from({ length: 160 }, (_, i) => i + 1),
    );
    const { testAccuracy } = results.models[0]!;
    expect(await accuracyInNode(files['fnn-seed-0.safetensors']!)).toBeCloseTo(testAccuracy!, 6);
  });

  it('says that simd has one thread when the host sends no headers', async () => {
    const context = await place.browser.newContext();
    const page = await context.newPage();
    await context.route('**/*', async (route) => {
      const response = await route.fetch();
      const headers = Object.entries(response.headers()).filter(([name]) => !name.startsWith('cross-origin'));
      await route.fulfill({ response, headers: Object.fromEntries(headers) });
    });
    await page.goto(place.server.url);
    await page.waitForSelector('#models input');
    expect(await page.textContent('#notices')).toMatch(
      /not cross-origin isolated, so simd runs on one thread/,
    );
    await context.close();
  });

  it('says where it looked for the data in vain', async () => {
    const empty = await servePage({
      ...place.folders,
      dataFolder: place.folders.pageFolder,
      host: '127.0.0.1',
      port: 0,
    });
    const page = await visit({}, { url: empty.url });
    await choose(page, 'fnn');
    await page.click('#start');
    await page.waitForSelector('#live-error:visible');
    expect(await page.textContent('#live-error')).toMatch(
      /could not be fetched:\s+- jsdelivr: .*\s+- unpkg: /,
    );
    await empty.close();
  });
});

/** As the page normalizes them. */
const digits = { ...smallDigits, mean: [0.13066], standardDeviation: [0.30811] };

const comparisonRows = (page: Page, model: string) =>
  page.$$eval(
    '#paper-comparison tbody tr',
    (rows, name) => {
      const cells = rows.map((row) => [...row.children].map(({ textContent }) => textContent));
      return cells.filter(([first]) => first === name);
    },
    model,
  );

async function accuracyInNode(safetensors: Uint8Array, data = smallData): Promise<number> {
  const { model, dispose } = await loadModel(safetensors, data);
  const { metrics } = await evaluate(model, testBatches(data, 80), {
    loss: sparseSoftmaxCrossEntropy,
    metrics: { accuracy },
  });
  dispose();
  return metrics.accuracy!;
}

async function verdictsInNode(safetensors: Uint8Array): Promise<string[]> {
  const { model, dispose } = await loadModel(safetensors);
  for await (const { xs, ys } of testBatches(smallData, 24).batches(0)) {
    const [predictions, labels] = [await tf.argMax(model.predict(xs), 1).data(), await ys.data()];
    dispose();
    return Array.from(labels, (label, i) => (label === predictions[i] ? 'right' : 'wrong'));
  }
  throw new Error('no test images');
}

async function loadModel(safetensors: Uint8Array, data = smallData) {
  await tf.setBackend('simd');
  const task = imageTask(data);
  const model = await buildModel('fnn', smallRecipes.fnn.architecture, task, { seed: 1 });
  const { tensors } = loadSafetensors(safetensors);
  const weights = Object.entries(tensors).filter(([name]) => name.startsWith('model/'));
  assignParameters(
    model,
    Object.fromEntries(weights.map(([name, tensor]) => [name.replace('model/', ''), tensor])),
  );
  return { model, dispose: () => model.dispose() };
}
