import { expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { startWebgpu } from '../../test/webgpu';

const available = await startWebgpu();

/** Repeats along every axis by what each element of the result comes from. */
function reference(shape: number[], reps: number[]): number[] {
  const outShape = shape.map((size, axis) => size * reps[axis]!);
  const strides = tf.util.computeStrides(shape).concat(1);
  return Array.from({ length: tf.util.sizeFromShape(outShape) }, (_, index) => {
    const at = tf.util.indexToLoc(index, outShape.length, tf.util.computeStrides(outShape));
    return at.reduce((sum, i, axis) => sum + (i % shape[axis]!) * strides[axis]!, 0);
  });
}

describe.runIf(available)('tile', () => {
  for (const [shape, reps] of [
    [
      [2, 1, 3, 1, 2],
      [1, 2, 1, 3, 2],
    ],
    [
      [2, 3, 1, 2, 2],
      [1, 1, 1, 1, 1],
    ],
    [
      [1, 2, 2, 1, 1, 3],
      [2, 2, 1, 1, 2, 1],
    ],
    [
      [2, 3],
      [2, 2],
    ],
  ] as const) {
    it(`[${shape}] by [${reps}]`, async () => {
      await expectNoLeaks(async () => {
        const size = tf.util.sizeFromShape([...shape]);
        for (const dtype of ['float32', 'int32'] as const) {
          // Computed, so that they are on the GPU.
          const x = tf.tidy(() => tf.reshape(tf.neg(tf.neg(tf.range(0, size, 1, dtype))), [...shape]));
          const tiled = tf.tile(x, [...reps]);
          expect(tiled.shape).toEqual(shape.map((n, axis) => n * reps[axis]!));
          expect(tiled.dtype).toBe(dtype);
          expect(Array.from(await tiled.data())).toEqual(reference([...shape], [...reps]));
          expect(Array.from(await x.data())).toEqual(reference([...shape], new Array(shape.length).fill(1)));
          tf.dispose([x, tiled]);
        }
      });
    });
  }
});
