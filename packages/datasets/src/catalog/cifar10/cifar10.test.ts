import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { create } from 'tar';
import { beforeAll, describe, expect, it } from 'vitest';
import { send, serve, temporaryFolder } from '../../../test/fixtures';
import { channelStatistics } from '../../channel-statistics';
import type { ImageDataset } from '../../image-dataset';
import { cacheFolder } from '../../stores/node/cache-folder';
import { cifar10 } from './cifar10';

it('has the published parts', () => {
  // The first and last digits of the sha256 of the authors' files.
  expect(
    cifar10.parts.map(({ file, bytes, sha256 }) => [file, bytes, sha256.slice(0, 8), sha256.slice(-4)]),
  ).toEqual([
    ['data_batch_1.bin', 30_730_000, 'cee91656', 'ada5'],
    ['data_batch_2.bin', 30_730_000, 'a591ca11', '57ed'],
    ['data_batch_3.bin', 30_730_000, 'bbe85965', '6f67'],
    ['data_batch_4.bin', 30_730_000, '014e562d', '4e48'],
    ['data_batch_5.bin', 30_730_000, '755304fc', '9add'],
    ['test_batch.bin', 30_730_000, '8e2eb146', 'f65b'],
  ]);
});

// Uses the real data in the user's cache, and downloads 139 MB if they are missing.
describe('the real CIFAR-10', () => {
  let data: ImageDataset | undefined;
  let why = '';

  beforeAll(async () => {
    try {
      data = await cifar10();
    } catch (error) {
      if (!(error instanceof AggregateError) || process.env.CI) throw error;
      why = error.message.replaceAll('\n', ' ');
      console.warn(`CIFAR-10 cannot be had here, its tests do not run: ${why}`);
    }
  }, 900_000);

  function theData(context: { skip: (note: string) => never }): ImageDataset {
    return data ?? context.skip(why);
  }

  it('has all images, the same number of each class', (context) => {
    const { train, test, classNames } = theData(context);
    for (const [set, each] of [
      [train, 5000],
      [test, 1000],
    ] as const) {
      expect(set).toMatchObject({ count: 10 * each, height: 32, width: 32, channels: 3 });
      expect(set.images).toHaveLength(10 * each * 3072);
      const counts = new Array(10).fill(0);
      for (const label of set.labels) counts[label]++;
      expect(counts).toEqual(Array(10).fill(each));
    }
    expect(classNames).toHaveLength(10);
  });

  it('starts with a frog, two trucks, a deer and a car', (context) => {
    const { train, classNames } = theData(context);
    expect([...train.labels.subarray(0, 5)]).toEqual([6, 9, 9, 4, 1]);
    expect([...train.labels.subarray(0, 5)].map((label) => classNames[label])).toEqual([
      'frog',
      'truck',
      'truck',
      'deer',
      'automobile',
    ]);
    expect([...train.images.subarray(0, 6)]).toEqual([59, 62, 63, 43, 46, 45]); // the frog's first two pixels
  });

  it('has the published means and standard deviations', (context) => {
    const { mean, standardDeviation } = channelStatistics(theData(context).train);
    const expected = theData(context);
    for (let c = 0; c < 3; c++) {
      expect(mean[c]).toBeCloseTo(expected.mean[c]!, 5);
      expect(standardDeviation[c]).toBeCloseTo(expected.standardDeviation[c]!, 5);
    }
  });

  it('loads from the cache without a source', async (context) => {
    const { test } = theData(context);
    const again = await cifar10({ sources: ['/no/such/source'] });
    expect(Buffer.compare(again.test.images, test.images)).toBe(0);
  });

  it('is the same from the archive of the authors', { timeout: 120_000 }, async (context) => {
    const { train, test } = theData(context);
    const kept = await cacheFolder('cifar10');
    const file = join(await temporaryFolder(), 'cifar-10-binary.tar.gz');
    await create(
      { file, cwd: kept, gzip: { level: 1 }, prefix: 'cifar-10-batches-bin' },
      (await readdir(kept)).filter((name) => name.endsWith('.bin')),
    );
    const { readFile } = await import('node:fs/promises');
    const archive = await readFile(file);
    const server = await serve((_, response) => send(response, archive));
    const cacheDirectory = await temporaryFolder();
    const again = await cifar10({ cacheDirectory, sources: [`${server.url}/cifar-10-binary.tar.gz`] });
    await server.close();
    expect(Buffer.compare(again.train.images, train.images)).toBe(0);
    expect(again.train.labels.join()).toBe(train.labels.join());
    expect(Buffer.compare(again.test.images, test.images)).toBe(0);
    expect(again.test.labels.join()).toBe(test.labels.join());
  });
});
