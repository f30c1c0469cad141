import { beforeAll, expect, it } from 'vitest';
import { batches } from '../batches';
import { channelStatistics } from '../channel-statistics';
import type { ImageDataset } from '../image-dataset';
import { mnist } from './mnist';

// Uses the real data in the user's cache, and downloads 11 MB if they are missing.
let data: ImageDataset | undefined;
let why = '';

beforeAll(async () => {
  try {
    data = await mnist();
  } catch (error) {
    if (!(error instanceof AggregateError) || process.env.CI) throw error;
    why = error.message.replaceAll('\n', ' ');
    console.warn(`MNIST cannot be had here, its tests do not run: ${why}`);
  }
}, 300_000);

const theData = (context: { skip: (note: string) => never }): ImageDataset => data ?? context.skip(why);

it('has all images and the known labels', (context) => {
  const { train, test, classNames } = theData(context);
  expect(train).toMatchObject({ count: 60_000, height: 28, width: 28, channels: 1 });
  expect(test).toMatchObject({ count: 10_000, height: 28, width: 28, channels: 1 });
  expect(train.images).toHaveLength(60_000 * 784);
  expect([...train.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
  expect([...test.labels.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
  const counts = new Array(10).fill(0);
  for (const label of test.labels) counts[label]++;
  expect(counts).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  expect(classNames).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
});

it('has upright images: the first is a five, with its bar above its bowl', (context) => {
  const { train } = theData(context);
  const ink = (row: number) => train.images.subarray(28 * row, 28 * row + 28).filter((v) => v > 127);
  expect([4, 5, 6, 15, 24, 25].map((row) => ink(row).length)).toEqual([0, 5, 12, 4, 7, 0]);
});

it('has the mean and the standard deviation of its training images', (context) => {
  const { train, mean, standardDeviation } = theData(context);
  const measured = channelStatistics(train);
  expect(measured.mean[0]).toBeCloseTo(mean[0]!, 5);
  expect(measured.standardDeviation[0]).toBeCloseTo(standardDeviation[0]!, 5);
  expect(batches(train, { batchSize: 100, mean, standardDeviation }).stepsPerEpoch).toBe(600);
});
