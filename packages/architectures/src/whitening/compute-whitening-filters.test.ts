import { createRng } from '@tenfold/random';
import { expectClose, expectNoLeaks, golden } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { computeWhiteningFilters } from './compute-whitening-filters';
import { symmetricEigen } from './symmetric-eigen';

interface Case {
  images: { shape: number[]; values: number[] };
  count: number;
  epsilon: number;
  kernel: { shape: number[]; values: number[] };
}
const cases = golden<Case[]>(new URL('../../goldens/computeWhiteningFilters.json', import.meta.url));

describe('computeWhiteningFilters', () => {
  it.each(cases)("has the filters of PyTorch's eigenvectors ($count images, ε = $epsilon)", async (c) => {
    const options = { imageSize: 8, count: c.count, epsilon: c.epsilon };
    const expected = c.kernel.values;
    const ofValues = await computeWhiteningFilters(new Float32Array(c.images.values), options);
    await expectClose(ofValues, expected, { absolute: 1e-5, relative: 1e-5 });
    const images = tf.tensor(c.images.values, c.images.shape);
    await expectNoLeaks(async () => {
      await expectClose(await computeWhiteningFilters(images, options), ofValues, {
        absolute: 0,
        relative: 0,
      });
    });
  });

  it('makes uncorrelated responses of variance 1', async () => {
    const [c] = cases;
    const images: tf.Tensor = tf.tensor(c!.images.values, c!.images.shape);
    const kernel = await computeWhiteningFilters(images, { imageSize: 8, epsilon: 1e-9 });
    const responses = tf.conv2d(images as tf.Tensor4D, tf.tensor4d(kernel, [2, 2, 3, 24]), 1, 'valid');
    const rows = tf.reshape(responses, [-1, 24]) as tf.Tensor2D;
    const moment = tf.div(tf.matMul(rows, rows, true), rows.shape[0]!);
    const identity = tf.eye(12);
    const expected = tf.concat([
      tf.concat([identity, tf.neg(identity)], 1),
      tf.concat([tf.neg(identity), identity], 1),
    ]);
    await expectClose(moment, expected, { absolute: 1e-4 });
  });

  it('stays finite if a direction has no variance', async () => {
    const kernel = await computeWhiteningFilters(new Float32Array(2 * 4 * 4 * 3).fill(0.5), { imageSize: 4 });
    expect(kernel.every(Number.isFinite)).toBe(true);
  });

  it('whitens images of one channel', async () => {
    const values = createRng(3).fillNormal(new Float32Array(4 * 8 * 8));
    const kernel = await computeWhiteningFilters(values, { imageSize: 8, inChannels: 1, epsilon: 1e-9 });
    const images = tf.tensor4d(values, [4, 8, 8, 1]);
    const rows = tf.reshape(
      tf.conv2d(images, tf.tensor4d(kernel, [2, 2, 1, 8]), 1, 'valid'),
      [-1, 8],
    ) as tf.Tensor2D;
    const moment = tf.div(tf.matMul(rows, rows, true), rows.shape[0]!);
    await expectClose(tf.slice(moment, 0, [4, 4]), tf.eye(4), { absolute: 1e-4 });
  });

  it('rejects anything that is not images', async () => {
    await expect(computeWhiteningFilters(new Float32Array(5))).rejects.toThrow(
      /there are 5 values; give images/,
    );
    await expect(computeWhiteningFilters(new Float32Array(0))).rejects.toThrow(/there are 0 values/);
    await expect(computeWhiteningFilters(tf.zeros([1, 28, 28, 1]))).rejects.toThrow(
      /the images have shape \[1,28,28,1\]; give \[n, 32, 32, 3\]/,
    );
    await expect(computeWhiteningFilters(tf.zeros([0, 32, 32, 3]))).rejects.toThrow(
      /with at least one image/,
    );
  });
});

describe('symmetricEigen', () => {
  const random = (n: number) => {
    const values = createRng(n).fillNormal(new Float32Array(n * n));
    return Float64Array.from(values, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return values[i * n + j]! + values[j * n + i]!;
    });
  };
  const product = (m: Float64Array, v: Float64Array) =>
    v.map((_, i) => v.reduce((sum, value, j) => sum + m[i * v.length + j]! * value, 0));

  it.each([1, 2, 5, 12])('solves M·v = λ·v to the accuracy of float64, n = %s', async (n) => {
    const matrix = random(n);
    const { eigenvalues, eigenvectors } = symmetricEigen(matrix, n);
    expect(eigenvalues).toEqual([...eigenvalues].sort((a, b) => b - a));
    for (const [k, v] of eigenvectors.entries()) {
      await expectClose(
        product(matrix, v),
        v.map((x) => x * eigenvalues[k]!),
        { absolute: 1e-12 * n, relative: 0 },
      );
      for (const [l, w] of eigenvectors.entries()) {
        const dot = v.reduce((sum, x, i) => sum + x * w[i]!, 0);
        expect(dot).toBeCloseTo(k === l ? 1 : 0, 12);
      }
    }
  });

  it('handles matrices that are diagonal, zero, or have equal eigenvalues', () => {
    const diagonal = Float64Array.from([1, 0, 0, 0, 3, 0, 0, 0, -2]);
    expect(symmetricEigen(diagonal, 3).eigenvalues).toEqual([3, 1, -2]);
    expect(symmetricEigen(new Float64Array(4), 2).eigenvalues).toEqual([0, 0]);
    const ones = symmetricEigen(new Float64Array(9).fill(1), 3).eigenvalues;
    expect(ones[0]).toBeCloseTo(3, 12);
    expect(ones[1]).toBeCloseTo(0, 12);
  });
});
