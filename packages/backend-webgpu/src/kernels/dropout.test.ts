import { createRng, fillCounterUniform } from '@tenfold/random';
import { expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { normals, runKernel, startWebgpu } from '../../test/webgpu';

const available = await startWebgpu();
const drop = (x: tf.Tensor, rate: number, key: readonly [number, number]) =>
  runKernel('Dropout', { x }, { rate, key })[0]!;

/** What `dropout` of @tenfold/regularizers computes without a kernel. */
function composed(x: Float32Array, rate: number, key: readonly [number, number]): Float32Array {
  const kept = Math.fround(1 / (1 - rate));
  return fillCounterUniform(new Float32Array(x.length), key).map((u, i) => x[i]! * (u < rate ? 0 : kept));
}

const bytes = (values: ArrayLike<number>) => Buffer.from(Float32Array.from(values).buffer);

describe.runIf(available)('Dropout', () => {
  for (const size of [1, 4, 5, 1027, 70_004]) {
    it(`of ${size} has the bits that its key and index say`, async () => {
      const rng = createRng(size);
      for (const rate of [0, 1e-9, 0.1, 1 / 3, 0.999]) {
        const key = [rng.integer(2 ** 32), rng.integer(2 ** 32)] as const;
        // Absolute values: no backend promises the sign of a zero.
        const x = normals(size, 2).map(Math.abs);
        await expectNoLeaks(async () => {
          const given = tf.tensor(x);
          const out = drop(given, rate, key);
          const differing = Buffer.compare(bytes(await out.data()), bytes(composed(x, rate, key)));
          expect({ rate, differing }).toEqual({ rate, differing: 0 });
          return [given, out];
        });
      }
    });
  }

  it('takes the largest keys, any rank, and extremes', async () => {
    const x = Float32Array.from([80, 0, 1e30, 1e-30, 1, 3]);
    const key = [2 ** 32 - 1, 2 ** 31] as const;
    const out = drop(tf.tensor(x, [1, 2, 3]), 0.4, key);
    expect(out.shape).toEqual([1, 2, 3]);
    expect(await out.data()).toEqual(composed(x, 0.4, key));
    const negative = drop(tf.fill([64], -80), 0.5, key);
    expect(new Set(await negative.data())).toEqual(new Set([-160, -0]));
  });

  it('refuses integers', () => {
    expect(() => drop(tf.zeros([3], 'int32'), 0.5, [1, 2])).toThrow(/Dropout: x is int32/);
  });
});
