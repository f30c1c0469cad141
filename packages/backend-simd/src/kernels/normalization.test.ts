import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import '../register';
import { randomTensor, runKernel, testedBackends } from '../../test/backends';
import { fusedNames, savedBy } from '../activation-functions';
import { activationKernels } from './activation';
import { normalizationKernels } from './normalization';

const findActivation = (name: string) => activationKernels.find(({ kernelName }) => kernelName === name)!;
/** Compares bytes: -0 differs from 0, and NaN equals itself. */
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
const epsilon = 1e-3;

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

  describe(`normalization (${name})`, () => {
    for (const name of fusedNames) {
      const saved = savedBy[name];
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
          const value = runKernel(findActivation('Activation'), backend, { x: z }, { function: name });
          expect(bits(fused.map(read))).toEqual(bits([value, mean, variance].map(read)));

          const named = { x, mean, variance, ...parameters };
          const gradients = run('BatchNormActivationGrad', { dy, ...named }, { epsilon, function: name });
          const kept = { [saved]: saved === 'x' ? z : value };
          const g = runKernel(findActivation('ActivationGrad'), backend, { dy, ...kept }, { function: name });
          const apart = run('BatchNormTrainGrad', { dy: g, x, ...(gamma && { gamma }), mean, variance });
          expect(bits(gradients.map(read))).toEqual(bits(apart.map(read)));
          const all = [x, dy, wide, ...Object.values(parameters), ...fused, ...plain, value, g];
          for (const { dataId } of [...all, ...gradients, ...apart]) backend.disposeData(dataId);
          expect(backend.memory().arenaBytes).toBeLessThanOrEqual(before);
        });
      }
    }

    it('rejects an unknown activation', () => {
      const x = randomTensor(backend, [7, 3]);
      expect(() => run('BatchNormActivation', { x }, { function: 'swish' })).toThrow(
        "BatchNormActivation: function is 'swish'; expected 'relu', 'silu', ",
      );
      expect(() => run('BatchNormActivation', { x }, {})).toThrow(/function is 'undefined'/);
      expect(find('BatchNormActivation')).toMatchObject({ functions: fusedNames });
      expect(find('BatchNormActivationGrad')).toMatchObject({ functions: fusedNames });
      expect(find('BatchNormTrain')).not.toHaveProperty('functions');
    });

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
