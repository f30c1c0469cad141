import { expectClose, expectNoLeaks, golden } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { newtonSchulz } from './index';

interface Case {
  shape: [number, number];
  steps: number;
  x: number[];
  y: number[];
}
const cases = golden<Case[]>(new URL('../goldens/newtonSchulz.json', import.meta.url));
// The sines of squares are as irregular as random numbers.
const irregular = ([rows, columns]: [number, number]) =>
  tf.tensor2d(
    Array.from({ length: rows * columns }, (_, i) => Math.sin(1 + i * i)),
    [rows, columns],
  );

describe('newtonSchulz', () => {
  it.each(cases)(
    'has the values of its formula in float64: $shape, $steps steps',
    async ({ shape, steps, x, y }) => {
      const value = newtonSchulz(tf.tensor2d(x, shape), { steps });
      expect(value.shape).toEqual(shape);
      await expectClose(value, y, { absolute: 2e-6, relative: 2e-6 });
    },
  );

  it.each([
    [5, 12],
    [12, 5],
    [6, 6],
  ] as [number, number][])('moves singular values of [%i, %i] close to 1', async (...shape) => {
    const y = newtonSchulz(irregular(shape), { steps: 8 });
    // The singular values of y are the roots of the eigenvalues of yᵀ·y: their sum of squares is the trace.
    const tall = shape[0] > shape[1];
    const gram = tf.matMul(y, y, tall, !tall);
    const n = gram.shape[0]!;
    const deviation = tf.norm(tf.sub(gram, tf.eye(n)));
    expect((await deviation.data())[0]! / Math.sqrt(n)).toBeLessThan(0.45);
    expect((await tf.norm(y).data())[0]! / Math.sqrt(n)).toBeGreaterThan(0.7);
  });

  it('commutes with transposition, so the layout of a kernel does not matter', async () => {
    const x = irregular([4, 9]);
    const other = tf.transpose(newtonSchulz(tf.transpose(x) as tf.Tensor2D));
    await expectClose(newtonSchulz(x), other, { absolute: 1e-5 });
  });

  it.each([
    [3, 40],
    [40, 3],
  ] as [number, number][])('of [%i, %i] uses the smaller Gram matrix', async (...shape) => {
    const profile = await tf.profile(() => newtonSchulz(irregular(shape)));
    const sizes = profile.kernels
      .filter((k) => k.name === 'BatchMatMul')
      .map((k) => k.outputShapes.flat().join());
    const fused = profile.kernels.some((k) => k.name === 'NewtonSchulz');
    if (fused) return expect(sizes).toEqual([]);
    // Two of the three products of each iteration have the size of the Gram matrix.
    expect(sizes.filter((s) => s.endsWith('3,3'))).toHaveLength(10);
    expect(sizes).toHaveLength(15);
  });

  it('keeps its input and leaks nothing', async () => {
    const x = irregular([3, 4]);
    await expectNoLeaks(() => newtonSchulz(x));
    expect(x.isDisposed).toBe(false);
  });

  it('passes NaN through', async () => {
    const values = await newtonSchulz(tf.tensor2d([[Number.NaN, 1]])).data();
    expect([...values].every(Number.isNaN)).toBe(true);
  });

  it.each([
    [() => newtonSchulz(tf.zeros([3])), /^newtonSchulz: x has shape \[3\]; give a matrix/],
    [() => newtonSchulz(tf.zeros([2, 2]), { steps: 0.5 }), /^newtonSchulz: steps is 0.5; give an integer/],
  ])('shows the value and says how to fix it', (call, message) => {
    expect(call).toThrow(message);
  });
});
