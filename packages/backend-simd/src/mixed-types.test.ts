import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
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
