import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { normals, startWebgpu } from '../../test/webgpu';
import { mergeAxes } from './many-axes';

const available = await startWebgpu();
tf.env().set('WEBGPU_CPU_FORWARD', false);

it.each([
  [[1, 2, 3, 3, 2], [2], [18, 2], [1, 2]],
  [[2, 3, 4, 5, 6], [2, 3, 4, 5, 6], [720], [720]],
  [
    [2, 1, 3, 1, 4, 1],
    [2, 5, 3, 1, 4, 2],
    [2, 1, 12, 1],
    [2, 5, 12, 2],
  ],
  [[1, 1, 1, 1, 1], [1], [], []],
])('mergeAxes of [%s] and [%s]', (a, b, mergedA, mergedB) => {
  expect(mergeAxes(a, b)).toEqual({ a: mergedA, b: mergedB });
  expect(mergeAxes(b, a)).toEqual({ a: mergedB, b: mergedA });
});

const operations: {
  [name: string]: [(a: tf.Tensor, b: tf.Tensor) => tf.Tensor, (a: number, b: number) => number];
} = {
  add: [tf.add, (a, b) => a + b],
  mul: [tf.mul, (a, b) => a * b],
  sub: [tf.sub, (a, b) => a - b],
  div: [tf.div, (a, b) => a / b],
  maximum: [tf.maximum, Math.max],
  squaredDifference: [tf.squaredDifference, (a, b) => (a - b) ** 2],
  less: [tf.less, (a, b) => Number(a < b)],
};

describe.runIf(available)('of five axes and more', () => {
  it.each(Object.entries(operations))('%s broadcasts', async (_, [f, expected]) => {
    // [2, 3, 1, 2, 2] with [2], and with [1, 1, 1, 2, 1, 2].
    const x = normals(24);
    const y = normals(4, 2);
    const a = tf.tensor(x, [2, 3, 1, 2, 2]);
    const channels = tf.tensor1d(y.slice(0, 2));
    const rows = tf.tensor(y, [1, 1, 1, 2, 1, 2]);
    await expectClose(
      f(a, channels),
      [...x].map((v, i) => expected(v, y[i % 2]!)),
      { relative: 1e-6 },
    );
    const wide = f(tf.reshape(a, [1, 2, 3, 1, 2, 2]), rows);
    expect(wide.shape).toEqual([1, 2, 3, 2, 2, 2]);
    const at = (i: number) =>
      expected(x[Math.floor(i / 8) * 4 + (i % 4)]!, y[(Math.floor(i / 4) % 2) * 2 + (i % 2)]!);
    await expectClose(
      wide,
      Array.from({ length: 48 }, (_, i) => at(i)),
      { relative: 1e-6 },
    );
  });
});
