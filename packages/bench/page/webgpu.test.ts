import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { hasChromium } from './test/browser';
import { lossesInNode } from './test/in-node';
import { briefRecipes, fewData } from './test/small-page';
import { downloaded, finished, PATIENCE, reached, readLosses, readResults, visiting } from './test/visiting';

vi.mock('../src/run/dataset', async () => {
  const { fewData } = await import('./test/small-page');
  return {
    describeDataset: async () => ({ id: 'cifar10', name: 'CIFAR-10', sha256: {} }),
    loadDataset: async () => fewData,
  };
});

// SwiftShader compiles shaders for seconds and computes on the processor.
describe.skipIf(!hasChromium())('the page on WebGPU', { timeout: 8 * PATIENCE }, () => {
  const { place, visit } = visiting({ webgpu: true, data: fewData });

  async function start(
    models: string,
    { measure, prepare }: { measure: boolean; prepare: (context: BrowserContext) => Promise<unknown> },
  ) {
    const url = `${place.server.url}#profile=hour&models=${models}&backend=webgpu`;
    const page = await visit({}, { url, measure, prepare });
    page.setDefaultTimeout(3 * PATIENCE);
    await page.click('#start');
    return page;
  }

  // Every start of a training compiles its shaders again, so each test starts as few as it can.
  it('trains with our kernels to the end, past a lost device and a reload, to the losses of simd', async () => {
    const page = await start('fnn', { measure: true, prepare: withDevices });
    await reached(page, 8); // in the second epoch: there is a checkpoint of the first
    expect(await page.textContent('#backends')).toMatch(/GPU: .*computes on the processor/i);
    await page.waitForSelector('#paper-comparison td:has-text("1 of 5")');
    await onDevice(page, (device) => device.destroy());
    expect(await problem(page)).toMatch(
      /^The training stopped: the device of .*swiftshader.* was destroyed\. Saved: fnn with seed 0 up to step \d+\. To fix it: Resume continues from there/i,
    );
    expect(await page.isVisible('#resume')).toBe(true);
    await page.reload();
    await page.click('.runs button:has-text("Resume")');
    await finished(page);
    const files = await downloaded(page);
    const results = readResults(files);
    const [model] = results.models;
    expect(results.backend.name).toBe('webgpu');
    expect(results.backend.details.kernels).toBe('@tenfold/backend-webgpu');
    expect(results.resumed).toMatchObject({ times: 1, bits: 'equal' });
    expect(results.peak!.gflopsPerSecond).toBeGreaterThan(0);
    expect(model!.history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5]);
    expect(model!.testAccuracy).toBeGreaterThan(0.5);
    expectAlike(
      model!.steps.map(({ loss }) => loss!),
      await lossesInNode(briefRecipes.fnn, 35),
    );
  });

  it('trains a recurrent network, convolutions and attention to the losses of simd, and says that the memory ran out', async () => {
    const page = await start('rnn,vit-hybrid', { measure: false, prepare: withDevices });
    // The shaders of a model take up to a minute to compile.
    for (const model of ['rnn', 'vit-hybrid']) await reached(page, 3, model);
    await onDevice(page, (device) => {
      const error = new GPUOutOfMemoryError('a buffer of 9 GiB');
      device.dispatchEvent(new GPUUncapturedErrorEvent('uncapturederror', { error }));
    });
    expect(await problem(page)).toMatch(
      /swiftshader.* has no memory left \(a buffer of 9 GiB\)\. Saved: (1 finished training|vit-hybrid with seed 0 up to step \d+)\. To fix it: Close/i,
    );
    expect(await page.isVisible('#resume')).toBe(true);
    const log = (await downloaded(page, '.runs button:has-text("Download")'))['steps.jsonl']!;
    for (const model of ['rnn', 'vit-hybrid'] as const) {
      const losses = readLosses(log, model);
      expect(losses.length).toBeGreaterThanOrEqual(model === 'vit-hybrid' ? 3 : 7);
      expectAlike(losses, await lossesInNode(briefRecipes[model], losses.length));
    }
  });
});

/** Float32 sums in another order: the same at first, and apart by more with every step. */
function expectAlike(losses: number[], simd: number[]): void {
  expect(losses).toHaveLength(simd.length);
  expect(Math.abs(losses[0]! / simd[0]! - 1)).toBeLessThan(1e-4);
  for (const [i, loss] of losses.slice(0, 10).entries()) {
    expect(Math.abs(loss / simd[i]! - 1)).toBeLessThan(1e-2);
  }
  const last = (values: number[]) =>
    values.slice(-20).reduce((sum, value) => sum + value, 0) / Math.min(20, values.length);
  expect(Math.abs(last(losses) / last(simd) - 1)).toBeLessThan(0.1);
}

/** Has workers keep the devices that they are given, for {@link onDevice}. */
async function withDevices(context: BrowserContext): Promise<void> {
  const code = `{
    const request = GPUAdapter.prototype.requestDevice;
    globalThis.devices = [];
    GPUAdapter.prototype.requestDevice = async function (...given) {
      const device = await request.apply(this, given);
      devices.push(device);
      return device;
    };
  }`;
  await context.route(/\/assets\/worker-[^/]*\.js$/, async (route) => {
    try {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${code}\n${await response.text()}` });
    } catch (error) {
      // The test may end while the page begins another worker.
      if (!/disposed|closed/.test(String(error))) throw error;
    }
  });
}

async function onDevice(page: Page, act: (device: GPUDevice) => void): Promise<void> {
  const worker = page.workers().at(-1)!;
  await worker.evaluate(`(${act})(devices.at(-1))`);
}

async function problem(page: Page): Promise<string> {
  await page.waitForSelector('#live-error:visible');
  return (await page.textContent('#live-error'))!;
}
