import { activationFunctions } from '@tenfold/kernels';
import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import '../register';
import { randomTensor, runKernel, testedBackends } from '../testing';
import { activationKernels } from './activation';
import { normalizationKernels } from './normalization';

const activationOf = (name: string) => activationKernels.find(({ kernelName }) => kernelName === name)!;
/** As bytes: -0 is not 0, and a NaN equals itself. */
const bits = (all: Float32Array[]) =>
  all.map((values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64'));
const find = (name: string) => normalizationKernels.find(({ kernelName }) => kernelName === name)!;
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
const epsilon = 1e-3;

/** Normalisation of n groups of values and its gradient in double precision; `group` and `channel` of flat index i. */
function reference(
  x: ArrayLike<number>,
  dy: ArrayLike<number>,
  gamma: ArrayLike<number> | undefined,
  groups: number,
  channels: number,
  group: (i: number) => number,
  channel: (i: number) => number,
) {
  const size = x.length;
  const count = size / groups;
  const zeros = (n: number) => new Float64Array(n);
  const [mean, variance, y, dx] = [zeros(groups), zeros(groups), zeros(size), zeros(size)];
  const [dgamma, dbeta, sumG, sumGx] = [zeros(channels), zeros(channels), zeros(groups), zeros(groups)];
  for (let i = 0; i < size; i++) mean[group(i)]! += x[i]! / count;
  for (let i = 0; i < size; i++) variance[group(i)]! += (x[i]! - mean[group(i)]!) ** 2 / count;
  const rstd = variance.map((v) => 1 / Math.sqrt(v + epsilon));
  const normal = (i: number) => (x[i]! - mean[group(i)]!) * rstd[group(i)]!;
  const scale = (i: number) => gamma?.[channel(i)] ?? 1;
  for (let i = 0; i < size; i++) {
    y[i] = normal(i) * scale(i);
    dgamma[channel(i)]! += dy[i]! * normal(i);
    dbeta[channel(i)]! += dy[i]!;
    sumG[group(i)]! += dy[i]! * scale(i);
    sumGx[group(i)]! += dy[i]! * scale(i) * normal(i);
  }
  for (let i = 0; i < size; i++) {
    const g = dy[i]! * scale(i) - sumG[group(i)]! / count - (normal(i) * sumGx[group(i)]!) / count;
    dx[i] = rstd[group(i)]! * g;
  }
  return { y, mean, variance, rstd, dx, dgamma, dbeta };
}

for (const { name, backend } of await testedBackends()) {
  const read = ({ dataId }: tf.TensorInfo) => backend.readSync(dataId) as Float32Array;
  const run = (kernelName: string, inputs: tf.NamedTensorInfoMap, attrs: object = { epsilon }) =>
    [find(kernelName).kernelFunc({ inputs, backend, attrs: attrs as tf.NamedAttrMap })].flat();
  const shifted = (shape: number[], by: number) =>
    backend.makeTensorInfo(
      shape,
      'float32',
      read(randomTensor(backend, shape, 1)).map((v) => v + by),
    );

  describe(`normalisation (${name})`, () => {
    for (const shape of batchShapes) {
      for (const affine of [true, false]) {
        it(`BatchNormTrain [${shape}]${affine ? ' with gamma and beta' : ''}`, async () => {
          const before = backend.memory().arenaBytes;
          const n = shape.at(-1)!;
          // A mean far from 0 takes digits from a variance computed as a difference of squares.
          const x = shifted(shape, 30);
          const dy = randomTensor(backend, shape, 2);
          const gamma = randomTensor(backend, [n], 3);
          const beta = randomTensor(backend, [n], 4);
          const parameters: Record<string, tf.TensorInfo> = affine ? { gamma, beta } : {};
          const outputs = run('BatchNormTrain', { x, ...parameters }) as [
            tf.TensorInfo,
            tf.TensorInfo,
            tf.TensorInfo,
          ];
          const [y, mean, variance] = outputs;
          const scale: Record<string, tf.TensorInfo> = affine ? { gamma } : {};
          const gradients = run('BatchNormTrainGrad', { dy, x, ...scale, mean, variance });
          const channel = (i: number) => i % n;
          const want = reference(read(x), read(dy), affine ? read(gamma) : undefined, n, n, channel, channel);
          const shift = affine ? read(beta) : new Float32Array(n);
          const rows = want.y.length / n;
          expect(outputs.map((out) => out.shape)).toEqual([shape, [n], [n]]);
          await expectClose(read(mean), want.mean, { relative: 2e-7 });
          await expectClose(read(variance), want.variance, { absolute: 1e-6, relative: 2e-6 });
          // x - mean itself is only known to half a unit in the last place of the mean.
          const blur = 4e-6 * Math.max(...want.rstd);
          await expectClose(
            read(y),
            want.y.map((v, i) => v + shift[i % n]!),
            { absolute: blur, relative: 1e-5 },
          );
          await expectClose(read(gradients[1]!), want.dgamma, {
            absolute: blur * Math.sqrt(rows) + 1e-5,
            relative: 1e-5,
          });
          await expectClose(read(gradients[2]!), want.dbeta, { absolute: 1e-5, relative: 1e-5 });
          const steep = Math.max(...want.rstd) * (rows === 1 ? 3 : 1);
          await expectClose(read(gradients[0]!), want.dx, {
            absolute: (blur + 3e-6) * steep,
            relative: 1e-4,
          });
          for (const { dataId } of [x, dy, gamma, beta, ...outputs, ...gradients])
            backend.disposeData(dataId);
          expect(backend.memory().arenaBytes).toBeLessThanOrEqual(before);
        });
      }
    }

    for (const [name, saved] of Object.entries(activationFunctions)) {
      for (const [shape, affine] of [
        ...batchShapes.map((s) => [s, true] as const),
        [[7, 3] as number[], false] as const,
      ]) {
        it(`BatchNormActivation [${shape}] ${name}${affine ? '' : ' without gamma and beta'} has the bits of batch norm, then the activation`, () => {
          const before = backend.memory().arenaBytes;
          const n = shape.at(-1)!;
          const x = shifted(shape, 3);
          const dy = randomTensor(backend, shape, 2);
          // Arguments of up to ±80 in the first channel.
          const wide = backend.makeTensorInfo(
            [n],
            'float32',
            read(randomTensor(backend, [n], 3)).map((v, i) => (i === 0 ? 40 : v)),
          );
          const parameters: Record<string, tf.TensorInfo> = affine
            ? { gamma: wide, beta: randomTensor(backend, [n], 4) }
            : {};
          const { gamma } = parameters;
          const fused = run('BatchNormActivation', { x, ...parameters }, { epsilon, function: name });
          const plain = run('BatchNormTrain', { x, ...parameters });
          const [z, mean, variance] = plain as [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo];
          const value = runKernel(activationOf('Activation'), backend, { x: z }, { function: name });
          expect(bits(fused.map(read))).toEqual(bits([value, mean, variance].map(read)));

          const named = { x, mean, variance, ...parameters };
          const gradients = run('BatchNormActivationGrad', { dy, ...named }, { epsilon, function: name });
          const kept = { [saved]: saved === 'x' ? z : value };
          const g = runKernel(activationOf('ActivationGrad'), backend, { dy, ...kept }, { function: name });
          const apart = run('BatchNormTrainGrad', { dy: g, x, ...(gamma && { gamma }), mean, variance });
          expect(bits(gradients.map(read))).toEqual(bits(apart.map(read)));
          const all = [x, dy, wide, ...Object.values(parameters), ...fused, ...plain, value, g];
          for (const { dataId } of [...all, ...gradients, ...apart]) backend.disposeData(dataId);
          expect(backend.memory().arenaBytes).toBeLessThanOrEqual(before);
        });
      }
    }

    it('refuses an activation it does not know', () => {
      const x = randomTensor(backend, [7, 3]);
      expect(() => run('BatchNormActivation', { x }, { function: 'swish' })).toThrow(
        "BatchNormActivation: function is 'swish'; expected 'relu', 'silu', 'gelu', 'geluTanh'",
      );
      expect(() => run('BatchNormActivation', { x }, {})).toThrow(/function is 'undefined'/);
      expect(find('BatchNormActivation')).toMatchObject({ functions: Object.keys(activationFunctions) });
      expect(find('BatchNormActivationGrad')).toMatchObject({ functions: Object.keys(activationFunctions) });
      expect(find('BatchNormTrain')).not.toHaveProperty('functions');
    });

    it('takes the attribute by its earlier name', () => {
      const x = randomTensor(backend, [7, 3]);
      const outputs = (attrs: object) => bits(run('BatchNormActivation', { x }, attrs).map(read));
      expect(outputs({ epsilon, activation: 'gelu' })).toEqual(outputs({ epsilon, function: 'gelu' }));
    });

    for (const shape of layerShapes) {
      it(`LayerNorm [${shape}]`, async () => {
        const n = shape.at(-1)!;
        const before = backend.memory().arenaBytes;
        const x = randomTensor(backend, shape, 1);
        const dy = randomTensor(backend, shape, 2);
        const gamma = randomTensor(backend, [n], 3);
        const beta = randomTensor(backend, [n], 4);
        const outputs = run('LayerNorm', { x, gamma, beta }) as [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo];
        const [y, mean, rstd] = outputs;
        const gradients = run('LayerNormGrad', { dy, x, gamma, mean, rstd }, {});
        const rows = read(x).length / n;
        const want = reference(
          read(x),
          read(dy),
          read(gamma),
          rows,
          n,
          (i) => Math.floor(i / n),
          (i) => i % n,
        );
        const shift = read(beta);
        const moment = [...shape.slice(0, -1), 1];
        expect(outputs.map((out) => out.shape)).toEqual([shape, moment, moment]);
        await expectClose(read(mean), want.mean, { absolute: 1e-6 });
        await expectClose(read(rstd), want.rstd, { relative: 1e-5 });
        await expectClose(
          read(y),
          want.y.map((v, i) => v + shift[i % n]!),
          { absolute: 1e-5 },
        );
        const steep = Math.max(...want.rstd);
        await expectClose(read(gradients[0]!), want.dx, { absolute: 3e-6 * steep, relative: 1e-4 });
        await expectClose(read(gradients[1]!), want.dgamma, {
          absolute: 1e-6 * Math.sqrt(rows) * 4,
          relative: 1e-5,
        });
        await expectClose(read(gradients[2]!), want.dbeta, { absolute: 1e-5, relative: 1e-5 });
        for (const { dataId } of [x, dy, gamma, beta, ...outputs, ...gradients]) backend.disposeData(dataId);
        expect(backend.memory().arenaBytes).toBe(before);
      });
    }

    it('FusedBatchNorm uses the given moments', async () => {
      const x = randomTensor(backend, [40, 10]);
      const [mean, scale, offset] = [2, 3, 4].map((seed) => randomTensor(backend, [10], seed)) as [
        tf.TensorInfo,
        tf.TensorInfo,
        tf.TensorInfo,
      ];
      const variance = backend.makeTensorInfo([10], 'float32', new Float32Array(10).fill(2));
      const out = run(tf.FusedBatchNorm, { x, mean, variance, scale, offset }, { varianceEpsilon: 0.25 })[0]!;
      const [m, s, o] = [mean, scale, offset].map(read) as [Float32Array, Float32Array, Float32Array];
      const want = read(x).map((v, i) => ((v - m[i % 10]!) * s[i % 10]!) / 1.5 + o[i % 10]!);
      await expectClose(read(out), want, { absolute: 1e-6 });
    });

    it('passes NaN through', () => {
      const values = new Float32Array(40).fill(1);
      values[7] = NaN;
      const x = backend.makeTensorInfo([10, 4], 'float32', values);
      const [y, , variance] = run('BatchNormTrain', { x });
      expect(Array.from(read(variance!)).map(Number.isNaN)).toEqual([false, false, false, true]);
      expect(read(y!)[3]).toBeNaN();
    });
  });
}
