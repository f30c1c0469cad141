import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../register';
import { randomTensor, runKernel, testedBackends } from '../../test/backends';
import { broadcasts, extremes } from '../../test/reference/elementwise-cases';
import { fallback } from '../fallback';
import { binaryKernels } from './binary';
import { limits } from './grain';

const tested = await testedBackends();
const kernels = binaryKernels.filter(({ kernelName }) => kernelName !== tf.AddN);
const nameInputs = (kernelName: string, a: tf.TensorInfo, b: tf.TensorInfo): Record<string, tf.TensorInfo> =>
  kernelName === tf.Prelu ? { x: a, alpha: b } : { a, b };

beforeAll(() => {
  limits.small = 0;
});
afterAll(() => {
  limits.small = 64;
});

// These operations round once, so tfjs, which computes in double precision, gives the same floats.
const exact = { absolute: 0, relative: 0 };

for (const { name, backend } of tested) {
  const compare = async (kernel: tf.KernelConfig, a: tf.TensorInfo, b: tf.TensorInfo, tolerance = exact) => {
    const inputs = nameInputs(kernel.kernelName, a, b);
    const out = runKernel(kernel, backend, inputs);
    const want = fallback(kernel.kernelName)({ inputs, backend, attrs: {} }) as tf.TensorInfo;
    expect(out.shape).toEqual(want.shape);
    const [actual, expected] = [out, want].map(({ dataId }) => backend.readSync(dataId) as Float32Array);
    await expectClose(actual!, expected!, {
      ...tolerance,
      label: `${kernel.kernelName} [${a.shape}] [${b.shape}]`,
    });
    for (const { dataId } of [out, want]) backend.disposeData(dataId);
  };

  describe(`functions of two tensors (${name})`, () => {
    for (const kernel of kernels) {
      it(`${kernel.kernelName} broadcasts like tfjs`, async () => {
        const before = backend.memory().arenaBytes;
        for (const [shapeA, shapeB] of broadcasts) {
          const [a, b] = [randomTensor(backend, shapeA, 1), randomTensor(backend, shapeB, 2)];
          // The difference is rounded before it is squared.
          await compare(
            kernel,
            a,
            b,
            kernel.kernelName === tf.SquaredDifference ? { absolute: 0, relative: 3e-7 } : exact,
          );
          for (const { dataId } of [a, b]) backend.disposeData(dataId);
        }
        expect(backend.memory().arenaBytes).toBe(before);
      });

      it(`${kernel.kernelName} treats infinities, NaN and zeros like tfjs`, async () => {
        const values = Float32Array.from(extremes);
        const a = backend.makeTensorInfo([values.length, 1], 'float32', values);
        const b = backend.makeTensorInfo([values.length], 'float32', values);
        await compare(
          kernel,
          a,
          b,
          kernel.kernelName === tf.SquaredDifference ? { absolute: 0, relative: 3e-7 } : exact,
        );
        for (const { dataId } of [a, b]) backend.disposeData(dataId);
      });
    }

    it('works on several threads: large, scalar, row and column operands', async () => {
      const shapes = [[300, 400], [], [400], [300, 1], [1, 400]];
      const tensors = shapes.map((shape, i) => randomTensor(backend, shape, i));
      for (const b of tensors) {
        await compare(kernels[0]!, tensors[0]!, b);
        await compare(kernels[1]!, b, tensors[0]!);
      }
      for (const { dataId } of tensors) backend.disposeData(dataId);
    });

    it('leaves integers to tfjs', () => {
      const a = backend.makeTensorInfo([100], 'int32', new Int32Array(100).fill(7));
      const out = runKernel(kernels[0]!, backend, { a, b: a });
      expect(out.dtype).toBe('int32');
      expect((backend.readSync(out.dataId) as Int32Array)[99]).toBe(14);
      for (const { dataId } of [a, out]) backend.disposeData(dataId);
    });
  });
}

it('AddN adds all its inputs', async () => {
  const { backend } = tested[0]!;
  const inputs = [1, 2, 3].map((seed) => randomTensor(backend, [70], seed));
  const addN = binaryKernels.find(({ kernelName }) => kernelName === tf.AddN)!;
  for (const info of inputs) backend.pointer(info);
  const before = backend.memory().arenaBytes;
  const out = addN.kernelFunc({
    inputs: inputs as unknown as tf.NamedTensorInfoMap,
    backend,
    attrs: {},
  }) as tf.TensorInfo;
  const [a, b, c] = inputs.map(({ dataId }) => backend.readSync(dataId) as Float32Array);
  await expectClose(
    backend.readSync(out.dataId) as Float32Array,
    a!.map((x, i) => x + b![i]! + c![i]!),
  );
  backend.disposeData(out.dataId);
  expect(backend.memory().arenaBytes).toBe(before);
});
