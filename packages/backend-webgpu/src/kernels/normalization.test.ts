import { expectClose, relativeError } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { referenceNormalization } from '../../test/reference/normalization';
import { normals, runKernel, startWebgpu } from '../../test/webgpu';
import { fusedFunctions } from './activation-functions';

const available = await startWebgpu();
const epsilon = 1e-3;
const batchShapes = [
  [1, 1],
  [7, 3],
  [100, 10],
  [2, 5, 5, 24],
  [40, 15, 15, 64],
  [33, 65],
  [3, 8200],
  [40_000, 2],
];
const layerShapes = [
  [1, 1],
  [7, 3],
  [65, 10],
  [2, 64, 192],
  [300, 257],
  [3, 70_000],
];

/** Numbers whose mean is far from 0, which takes digits from a variance computed as a difference of squares. */
const shifted = (size: number) => normals(size, 1).map((v) => v + 30);
type Three = [tf.Tensor, tf.Tensor, tf.Tensor];

const activate = (x: tf.Tensor, name: string) => runKernel('Activation', { x }, { function: name })[0]!;
const activateGrad = (dy: tf.Tensor, x: tf.Tensor, name: string) =>
  runKernel('ActivationGrad', name === 'relu' ? { dy, y: tf.relu(x) } : { dy, x }, { function: name })[0]!;

describe.runIf(available)('normalization', () => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  for (const shape of batchShapes) {
    const n = shape.at(-1)!;
    const size = tf.util.sizeFromShape(shape);
    for (const affine of [true, false]) {
      it(`BatchNormTrain [${shape}]${affine ? ' with gamma and beta' : ''}`, async () => {
        const [x, dy, gamma, beta] = [shifted(size), normals(size, 2), normals(n, 3), normals(n, 4)];
        const channel = (i: number) => i % n;
        const values = affine ? { x, dy, gamma, beta } : { x, dy };
        const want = referenceNormalization(values, n, n, channel, channel, epsilon);
        const scale: tf.NamedTensorMap = affine ? { gamma: tf.tensor(gamma) } : {};
        const shift: tf.NamedTensorMap = affine ? { beta: tf.tensor(beta) } : {};
        const given = { x: tf.tensor(x, shape), ...scale };
        const outputs = runKernel('BatchNormTrain', { ...given, ...shift }, { epsilon });
        const [y, mean, variance] = outputs as Three;
        expect(outputs.map((out) => out.shape)).toEqual([shape, [n], [n]]);
        await expectClose(mean, want.mean, { relative: 2e-7, absolute: 0 });
        await expectClose(variance, want.variance, { absolute: 2e-6, relative: 4e-6 });
        await expectClose(y, want.y, { absolute: 2e-4, relative: 1e-5 });
        const inputs = { dy: tf.tensor(dy, shape), ...given, mean, variance };
        const [dx, dgamma, dbeta] = runKernel('BatchNormTrainGrad', inputs, { epsilon }) as Three;
        if (size > n) expect(await relativeError(dx, want.dx)).toBeLessThan(2e-5);
        expect(await relativeError(dbeta, want.dbeta)).toBeLessThan(1e-6);
        await expectClose(dgamma, want.dgamma, { absolute: 2e-4 * Math.sqrt(size / n), relative: 1e-5 });
      });
    }
  }

  for (const name of fusedFunctions) {
    for (const shape of [
      [7, 3],
      [2, 5, 5, 24],
      [40, 15, 15, 16],
    ]) {
      for (const affine of [true, false]) {
        it(`BatchNormActivation ${name} [${shape}]${affine ? ' with gamma and beta' : ''}`, async () => {
          const n = shape.at(-1)!;
          const size = tf.util.sizeFromShape(shape);
          const [x, dy] = [normals(size, 1), normals(size, 2)].map((v) => tf.tensor(v, shape)) as [
            tf.Tensor,
            tf.Tensor,
          ];
          const scale: tf.NamedTensorMap = affine ? { gamma: tf.tensor(normals(n, 3)) } : {};
          const shift: tf.NamedTensorMap = affine ? { beta: tf.tensor(normals(n, 4)) } : {};
          const [y, mean, variance] = runKernel(
            'BatchNormTrain',
            { x, ...scale, ...shift },
            { epsilon },
          ) as Three;
          const [value, ...moments] = runKernel(
            'BatchNormActivation',
            { x, ...scale, ...shift },
            { epsilon, function: name },
          ) as Three;
          expect(await relativeError(value, await activate(y, name).data())).toBeLessThan(1e-6);
          await expectClose(moments[0]!, await mean.data(), { absolute: 0, relative: 0 });
          await expectClose(moments[1]!, await variance.data(), { absolute: 0, relative: 0 });
          const given = { x, mean, variance, ...scale };
          const inner = { dy: activateGrad(dy, y, name), ...given };
          const want = runKernel('BatchNormTrainGrad', inner, { epsilon }) as Three;
          const got = runKernel(
            'BatchNormActivationGrad',
            { dy, ...given, ...shift },
            { epsilon, function: name },
          ) as Three;
          for (const [i, out] of got.entries()) {
            expect(await relativeError(out, await want[i]!.data())).toBeLessThan(1e-5);
          }
        });
      }
    }
  }

  it('BatchNormActivation takes a constant channel and ±80, and knows its functions', async () => {
    const beta = tf.tensor1d([-80, 80, 0]);
    const attrs = { epsilon, function: 'gelu' };
    const [y] = runKernel('BatchNormActivation', { x: tf.fill([1, 3], 7), beta }, attrs) as Three;
    await expectClose(y, [0, 80, 0]);
    const moments = { mean: tf.fill([3], 7), variance: tf.zeros([3]) };
    const given = { dy: tf.ones([1, 3]), x: tf.fill([1, 3], 7), beta, ...moments };
    const [dx, , dbeta] = runKernel('BatchNormActivationGrad', given, attrs) as Three;
    await expectClose(dx, [0, 0, 0]);
    await expectClose(dbeta, [0, 1, 0.5]);
    expect(() => runKernel('BatchNormActivation', { x: y }, { function: 'tanh' })).toThrow(
      "BatchNormActivation: function is 'tanh'; expected 'relu', 'silu', ",
    );
  });

  for (const shape of layerShapes) {
    it(`LayerNorm [${shape}]`, async () => {
      const n = shape.at(-1)!;
      const size = tf.util.sizeFromShape(shape);
      const rows = size / n;
      const [x, dy, gamma, beta] = [shifted(size), normals(size, 2), normals(n, 3), normals(n, 4)];
      const row = (i: number) => Math.floor(i / n);
      const want = referenceNormalization({ x, dy, gamma, beta }, rows, n, row, (i) => i % n, epsilon);
      const given = { x: tf.tensor(x, shape), gamma: tf.tensor(gamma) };
      const outputs = runKernel('LayerNorm', { ...given, beta: tf.tensor(beta) }, { epsilon });
      const [y, mean, rstd] = outputs as Three;
      const moment = [...shape.slice(0, -1), 1];
      expect(outputs.map((out) => out.shape)).toEqual([shape, moment, moment]);
      await expectClose(mean, want.mean, { relative: 1e-6, absolute: 0 });
      await expectClose(rstd, want.rstd, { relative: 1e-5, absolute: 0 });
      await expectClose(y, want.y, { absolute: 2e-4, relative: 1e-5 });
      const inputs = { dy: tf.tensor(dy, shape), ...given, mean, rstd };
      const [dx, dgamma, dbeta] = runKernel('LayerNormGrad', inputs) as Three;
      if (n > 1) expect(await relativeError(dx, want.dx)).toBeLessThan(2e-5);
      expect(await relativeError(dbeta, want.dbeta)).toBeLessThan(1e-6);
      await expectClose(dgamma, want.dgamma, { absolute: 2e-4 * Math.sqrt(rows), relative: 1e-5 });
    });
  }

  it('gives a constant channel the variance 0', async () => {
    const [y, mean, variance] = runKernel(
      'BatchNormTrain',
      { x: tf.fill([50, 3], -80) },
      { epsilon },
    ) as Three;
    await expectClose(mean, [-80, -80, -80]);
    await expectClose(variance, [0, 0, 0]);
    await expectClose(y, new Array(150).fill(0));
  });

  it('refuses what does not fit', () => {
    const x = tf.zeros([4, 3]);
    expect(() => runKernel('BatchNormTrain', { x, gamma: tf.ones([4]) })).toThrow(
      /BatchNormTrain: gamma has shape \[4\]; expected \[3\]/,
    );
    expect(() => runKernel('LayerNorm', { x, gamma: tf.ones([3]), beta: tf.ones([3], 'int32') })).toThrow(
      /LayerNorm: beta is int32/,
    );
  });
});
