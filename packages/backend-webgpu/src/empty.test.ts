import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { startWebgpu } from '../test/webgpu';

const available = await startWebgpu();

type Reduction = (x: tf.Tensor, axis: number, keepDims?: boolean) => tf.Tensor;

describe.runIf(available)('tensors without elements', () => {
  it.each([
    ['as uploaded', () => tf.zeros([0, 3])],
    [
      'of an activation',
      () => tf.engine().runKernel('Activation', { x: tf.zeros([0]) }, { function: 'silu' }),
    ],
    ['of a product', () => tf.matMul(tf.zeros([0, 3]), tf.ones([3, 2]))],
    ['of arithmetic that waits', () => tf.add(tf.mul(tf.zeros([0]), 2), 1)],
  ] as const)('are read %s', async (_, make) => {
    const tensor = make() as tf.Tensor;
    expect(Array.from(await tensor.data())).toEqual([]);
    expect(Array.from(tensor.dataSync())).toEqual([]);
  });

  it.each([
    ['all', 0],
    ['any', 0],
    ['max', Number.NaN],
    ['mean', 0],
    ['min', Number.NaN],
    ['prod', 1],
    ['sum', 0],
  ] as const)('are reduced by %s, to %f along an axis without entries', async (name, value) => {
    const { [name]: reduce } = tf as unknown as Record<string, Reduction>;
    const dtype = name === 'all' || name === 'any' ? 'bool' : 'float32';
    const some = reduce!(tf.zeros([2, 0], dtype), 1, true);
    expect(some.shape).toEqual([2, 1]);
    expect(Array.from(await some.data())).toEqual([value, value]);
    const none = reduce!(tf.zeros([0, 3], dtype), 1);
    expect(none.shape).toEqual([0]);
    expect(Array.from(await none.data())).toEqual([]);
  });

  it('have a step of an optimizer', async () => {
    const empty = () => tf.zeros([0]);
    const inputs = { gradient: empty(), parameter: empty(), momentum: empty() };
    const attributes = { learningRate: 1, momentum: 0.9, nesterov: false, decoupled: true, weightDecay: 0 };
    const outputs = tf.engine().runKernel('Sgd', inputs, attributes) as unknown as tf.Tensor[];
    for (const tensor of outputs) expect(Array.from(await tensor.data())).toEqual([]);
  });
});
