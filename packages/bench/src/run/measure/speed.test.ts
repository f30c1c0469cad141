import '@tenfold/backend-simd';
import '@tensorflow/tfjs-backend-cpu';
import { createModel, dense, flatten, sequential } from '@tenfold/layers';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { measurePeak } from '../../backends/measure-peak';
import { measureInference } from './measure-inference';
import { computeQuantiles } from './quantiles';

const tiny = () => createModel(sequential([flatten, dense({ inFeatures: 3072, outFeatures: 10 })]));

describe.each(['simd', 'cpu'])('on %s', (backend) => {
  it('finds a peak that no product beats, and leaves no tensor', async () => {
    await tf.setBackend(backend);
    const before = tf.memory().numTensors;
    const { gflopsPerSecond, method } = await measurePeak();
    expect(method).toMatch(
      backend === 'simd'
        ? /^best of an FMA loop and \d+×\d+ matmul, on \d+ threads?$/
        : /^best of \d+×\d+ matmul$/,
    );
    expect(gflopsPerSecond).toBeGreaterThan(0.05);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('times predictions of one image and of many', async () => {
    await tf.setBackend(backend);
    const model = tiny();
    const before = tf.memory().numTensors;
    const found = await measureInference(model, [32, 32, 3], { batchSizes: [1, 8], seconds: 0.02 });
    expect(tf.memory().numTensors).toBe(before);
    expect(found.map(({ batchSize }) => batchSize)).toEqual([1, 8]);
    for (const { milliseconds, runs, imagesPerSecond, batchSize } of found) {
      expect(runs).toBeGreaterThan(0);
      expect(milliseconds.p10).toBeLessThanOrEqual(milliseconds.median);
      expect(milliseconds.median).toBeLessThanOrEqual(milliseconds.p90);
      expect(imagesPerSecond).toBe((1000 * batchSize) / milliseconds.median);
    }
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(measureInference(model, [32, 32, 3], { signal })).rejects.toThrow('stopped');
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});

it('takes quantiles among the times', () => {
  expect(computeQuantiles([5, 1, 4, 2, 3])).toEqual({ median: 3, p10: 1, p90: 5 });
  expect(computeQuantiles([7])).toEqual({ median: 7, p10: 7, p90: 7 });
  expect(() => computeQuantiles([])).toThrow(/no timings; pass at least one/);
});
