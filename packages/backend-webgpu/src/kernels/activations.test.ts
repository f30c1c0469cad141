import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { activationCases as cases } from '../reference/activation-cases';
import { normals, runKernel, startWebgpu } from '../testing';
import { activationKernels } from './activations';

const sizes = [1, 3, 4, 5, 63, 64, 65, 1001, 70_000];
const available = await startWebgpu();

it('tests every kernel', () => {
  expect([...new Set(cases.map(({ kernel }) => kernel))].sort()).toEqual(
    activationKernels.map(({ kernelName }) => kernelName).sort(),
  );
});

describe.runIf(available)('activations', () => {
  for (const { kernel, attrs = {}, f, gradient } of cases) {
    const run = (x: tf.Tensor, dy: tf.Tensor) =>
      runKernel(kernel, gradient ? { dy, [gradient]: x } : { x }, attrs)[0]!;

    it(`${kernel} ${JSON.stringify(attrs)}`, async () => {
      for (const size of sizes) {
        const grid = Float32Array.from({ length: size }, (_, i) => -10 + (i * 20) / Math.max(1, size - 1));
        const g = normals(size, 7);
        const want = Array.from(grid, (v, i) => f(v) * (gradient ? g[i]! : 1));
        await expectNoLeaks(async () => {
          const [x, dy] = [tf.tensor1d(grid), tf.tensor1d(g)];
          const out = run(x, dy);
          await expectClose(out, want, { absolute: 2e-6, relative: 2e-6 });
          return [x, dy, out];
        });
      }
    });

    it(`${kernel} ${JSON.stringify(attrs)} at ±80`, async () => {
      const x = tf.tensor1d([80, -80, 0, 30, -30]);
      const dy = tf.ones([5]);
      const want = [80, -80, 0, 30, -30].map((v) => f(v));
      await expectClose(run(x, dy), want, { absolute: 1e-30, relative: 1e-5 });
    });
  }

  it('keeps digits in the left tail of gelu', async () => {
    const values = [-3, -4, -5, -6, -8];
    const { f } = cases[0]!;
    const [out] = runKernel('Gelu', { x: tf.tensor1d(values) });
    await expectClose(out!, values.map(f), { absolute: 0, relative: 1e-5 });
  });

  it('takes what was cast from integers and booleans, whose buffers stay as they were', async () => {
    const flags = tf.greater(tf.tensor1d(normals(1500)), 0);
    const want = Array.from(await flags.data(), (flag) => (flag ? cases[0]!.f(1) : 0));
    await expectClose(runKernel('Gelu', { x: tf.cast(flags, 'float32') })[0]!, want, { relative: 1e-5 });
    const ints = tf.abs(tf.tensor1d([-2, 3], 'int32'));
    await expectClose(tf.mul(tf.cast(ints, 'float32'), 0.5), [1, 1.5]);
  });

  it('refuses integers and other shapes', () => {
    const x = tf.tensor1d([1, 2], 'int32');
    expect(() => runKernel('Gelu', { x })).toThrow(/Gelu: x is int32/);
    expect(() => runKernel('SiluGrad', { dy: tf.zeros([3]), x: tf.zeros([2]) })).toThrow(
      /SiluGrad: x has shape \[2\]; expected \[3\]/,
    );
  });
});
