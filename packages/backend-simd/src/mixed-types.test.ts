import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SimdBackend } from './backend';
import './index';

beforeAll(() => tf.setBackend('simd'));

const run = (kernel: string, inputs: tf.NamedTensorMap, attributes: object = {}): tf.Tensor =>
  tf.engine().runKernel(kernel, inputs, attributes as tf.NamedAttrMap) as tf.Tensor;
const values = (shape: number[], dtype: 'float32' | 'int32' | 'bool', factor = 1) =>
  tf.tidy(() => {
    const size = tf.util.sizeFromShape(shape);
    const numbers = Array.from({ length: size }, (_, i) => ((i % 5) - 2) * factor);
    return tf.cast(tf.tensor(numbers, shape), dtype);
  });
const conv = { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1 };
const image = [2, 5, 5, 3];

// Called by name, without the type checks of tfjs's operations.
const cases: [string, { [name: string]: number[] }, object?][] = [
  ['_FusedMatMul', { a: [9, 8], b: [8, 4], bias: [4] }, { activation: 'linear' }],
  ['BatchMatMul', { a: [2, 9, 8], b: [2, 8, 4] }, { transposeA: false, transposeB: false }],
  ['Conv2D', { x: image, filter: [3, 3, 3, 4] }, conv],
  ['FusedConv2D', { x: image, filter: [3, 3, 3, 4], bias: [4] }, { ...conv, activation: 'linear' }],
  ['Conv2DBackpropFilter', { x: image, dy: [2, 5, 5, 4] }, { ...conv, filterShape: [3, 3, 3, 4] }],
  ['Conv2DBackpropInput', { dy: [2, 5, 5, 4], filter: [3, 3, 3, 4] }, { ...conv, inputShape: image }],
  ['DepthwiseConv2dNative', { x: image, filter: [3, 3, 3, 1] }, conv],
  ['Add', { a: [3, 4], b: [3, 4] }],
  ['Sub', { a: [30, 40], b: [40] }],
  ['Multiply', { a: [3, 4], b: [3, 4] }],
  ['Maximum', { a: [3, 4], b: [3, 4] }],
  ['RealDiv', { a: [3, 4], b: [3, 4] }],
  ['SquaredDifference', { a: [3, 4], b: [3, 4] }],
  ['Prelu', { x: [3, 4], alpha: [3, 4] }],
];

describe.each(['int32', 'bool'] as const)('%s with float32', (dtype) => {
  it.each(cases)('%s computes in float32', (kernel, shapes, attributes) => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const names = Object.keys(shapes);
      for (const mixed of names.slice(0, 2)) {
        const inputs = Object.fromEntries(
          names.map((name) => [
            name,
            name === mixed ? values(shapes[name]!, dtype) : values(shapes[name]!, 'float32', 0.3),
          ]),
        );
        const floats = { ...inputs, [mixed]: tf.cast(inputs[mixed]!, 'float32') };
        const [got, want] = [run(kernel, inputs, attributes), run(kernel, floats, attributes)];
        expect(got.dtype).toBe('float32');
        expect([...got.dataSync()]).toEqual([...want.dataSync()]);
      }
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('integers alone stay integers', () => {
  const x = values([3, 4], 'int32');
  const sum = run('Add', { a: x, b: x });
  expect([sum.dtype, ...sum.dataSync()].slice(0, 3)).toEqual(['int32', -4, -2]);
  tf.dispose([x, sum]);
});

describe('arrays of another type than their tensor', () => {
  const typeOf = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };
  /** Runs operations on x that tfjs's kernels do and that wasm kernels do, which must agree. */
  const check = (x: tf.Tensor, expected: number[]) => {
    const dtype = x.dtype as keyof typeof typeOf;
    expect(x.dataSync()).toEqual(typeOf[dtype].from(expected));
    const size = expected.length;
    // Sizes that run in wasm, and sizes that tfjs's kernels take.
    for (const part of [4, size]) {
      const slice = tf.slice(tf.reshape(x, [size]), 0, part);
      expect(slice.dataSync()).toEqual(typeOf[dtype].from(expected.slice(0, part)));
    }
    if (dtype !== 'bool') {
      expect([...tf.concat([x, x]).dataSync()]).toEqual([...expected, ...expected]);
      expect([...tf.add(x, tf.scalar(1, dtype)).dataSync()]).toEqual(expected.map((value) => value + 1));
    }
    expect(x.dataSync()).toEqual(typeOf[dtype].from(expected));
  };
  const keepsMemory = (body: () => void) => {
    const before = tf.memory();
    tf.tidy(body);
    const after = tf.memory();
    expect([after.numTensors, after.numDataBuffers]).toEqual([before.numTensors, before.numDataBuffers]);
  };
  it('are converted in the indexes of maxPoolWithArgmax', () => {
    keepsMemory(() => {
      const x = tf.randomNormal([2, 16, 16, 4], 0, 1, 'float32', 1) as tf.Tensor4D;
      const { result, indexes } = tf.maxPoolWithArgmax(x, 2, 2, 'valid', true) as unknown as {
        result: tf.Tensor;
        indexes: tf.Tensor;
      };
      const values = x.dataSync();
      const expected = [...result.dataSync()].map((value) => values.indexOf(value));
      check(indexes, expected);
      expect([...tf.gather(tf.reshape(x, [-1]), indexes).dataSync()]).toEqual([...result.dataSync()]);
    });
  });

  it.each([
    ['Abs', () => tf.abs(tf.tensor1d([-1, 2, -3, 4], 'int32')), [1, 2, 3, 4]],
    ['Square', () => tf.square(tf.tensor1d([-1, 2, -3, 4], 'int32')), [1, 4, 9, 16]],
    ['OneHot', () => tf.oneHot(tf.tensor1d([1, 0], 'int32'), 3), [0, 1, 0, 1, 0, 0]],
  ] as const)('are converted in integers of %s', (_, f, expected) => {
    keepsMemory(() => check(f(), [...expected]));
  });

  it('keep integers that float32 cannot represent', () => {
    keepsMemory(() => {
      const backend = tf.backend() as SimdBackend;
      const settled = backend.guard(() =>
        // As tfjs's MaxPoolWithArgmax does.
        backend.settle({
          ...backend.makeTensorInfo([1], 'float32', Int32Array.of(2 ** 24 + 1)),
          dtype: 'int32',
        }),
      );
      expect(backend.readSync(settled.dataId)).toEqual(Int32Array.of(2 ** 24 + 1));
      backend.disposeData(settled.dataId);
    });
  });

  it.each([
    ['int32', Float32Array.of(1, 2, 3, 4)],
    ['float32', Int32Array.of(1, 2, 3, 4)],
    ['bool', Int32Array.of(1, 0, 0, 1)],
  ] as const)('are converted to %s when a tensor or a kernel is given them', (dtype, given) => {
    keepsMemory(() => {
      check(tf.buffer([4], dtype, given as Float32Array).toTensor(), [...given]);
      const backend = tf.backend() as SimdBackend;
      const { dataId } = backend.guard(() => backend.settle(backend.makeTensorInfo([4], dtype, given)));
      expect(backend.readSync(dataId)).toEqual(typeOf[dtype].from(given));
      backend.disposeData(dataId);
    });
  });

  it('leave the input as it is when tfjs only renames its type', () => {
    keepsMemory(() => {
      const x = tf.tensor1d([true, false, true, true]);
      // The simd backend's Cast copies; tfjs's returns the same data.
      const backend = tf.backend() as SimdBackend;
      const { kernelFunc } = tf.getKernel('Cast', 'cpu')!;
      const cast = backend.guard(() =>
        backend.settle(kernelFunc({ inputs: { x }, backend, attrs: { dtype: 'float32' } }) as tf.TensorInfo),
      );
      expect(backend.readSync(cast.dataId)).toEqual(Float32Array.of(1, 0, 1, 1));
      expect(backend.refCount(x.dataId)).toBe(1);
      backend.disposeData(cast.dataId);
      check(x, [1, 0, 1, 1]);
    });
  });

  it('are refused where there is no conversion', () => {
    keepsMemory(() => {
      const text = tf.tensor1d(['a', 'b']);
      expect(() => run('Cast', { x: text }, { dtype: 'float32' })).toThrow(
        /returns a tensor of type string as float32; there is no conversion/,
      );
      expect(text.dataSync()).toEqual(['a', 'b']);
    });
  });

  it('are converted in the parts of complex tensors', () => {
    keepsMemory(() => {
      const complex = tf.cast(tf.tensor1d([1, 2, 3, 4], 'int32'), 'complex64');
      check(tf.real(complex), [1, 2, 3, 4]);
      check(tf.imag(complex), [0, 0, 0, 0]);
    });
  });
});
