import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { runKernel, startWebgpu } from '../../test/webgpu';

const available = await startWebgpu();

const list = (...tensors: tf.Tensor[]) => tensors as unknown as tf.NamedTensorMap;
const integers = tf.zeros([3], 'int32');
const [vector, matrix, tokens] = [tf.zeros([3]), tf.zeros([4, 3]), tf.zeros([1, 2, 6])];
const condition = tf.scalar(true, 'bool');

/** What a kernel is given, and what it says. */
const refusals: [kernel: string, inputs: tf.NamedTensorMap, attributes: object, message: string][] = [
  ['Activation', { x: integers }, { function: 'gelu' }, 'Activation: x is int32; expected float32'],
  [
    'Activation',
    { x: vector },
    { function: 'constructor' },
    "Activation: function is 'constructor'; expected 'relu', 'silu', ",
  ],
  [
    'ActivationGrad',
    { dy: vector, x: matrix },
    { function: 'silu' },
    'ActivationGrad: x has shape [4,3]; expected [3]',
  ],
  [
    'ActivationGrad',
    { dy: vector, x: vector },
    { function: 'relu' },
    'ActivationGrad: the gradient of relu is computed from y, but the inputs are dy, x',
  ],
  ['AllFinite', { x: integers }, {}, 'AllFinite: x is int32; expected float32'],
  [
    'Attention',
    { query: tokens, key: tokens, value: tokens },
    { heads: 4, scale: 1 },
    'Attention: query has shape [1,2,6]',
  ],
  [
    'BatchNormActivation',
    { x: matrix },
    { function: 'tanh' },
    "BatchNormActivation: function is 'tanh'; expected 'relu', 'silu', ",
  ],
  [
    'BatchNormTrain',
    { x: matrix, gamma: tf.ones([4]) },
    {},
    'BatchNormTrain: gamma has shape [4]; expected [3]',
  ],
  ['Dropout', { x: integers }, { rate: 0.5, key: [1, 2] }, 'Dropout: x is int32; expected float32'],
  [
    'GruCell',
    { input: tf.zeros([2, 6]), bias: tf.zeros([2, 6]) },
    {},
    'GruCell: bias has shape [2,6]; expected [2]',
  ],
  ['LayerNorm', { x: matrix, gamma: vector, beta: integers }, {}, 'LayerNorm: beta is int32'],
  ['LstmCell', { input: tf.zeros([2, 6]) }, {}, 'LstmCell: input has shape [2,6]; expected [batch, 4·units]'],
  [
    'NewtonSchulzList',
    list(tokens),
    { steps: 3 },
    'NewtonSchulzList: x has shape [1,2,6]; expected a matrix',
  ],
  [
    'SelectList',
    list(vector, vector),
    {},
    'SelectList: 2 inputs; expected as many conditions, values and others',
  ],
  [
    'SelectList',
    list(tf.scalar(1), vector, vector),
    {},
    'SelectList: condition 0 is float32 of shape []; expected a bool []',
  ],
  ['SelectList', list(condition, integers, vector), {}, 'SelectList: value 0 is int32'],
  [
    'SelectList',
    list(condition, vector, tf.zeros([4])),
    {},
    'SelectList: other 0 has shape [4]; expected [3]',
  ],
];

describe.runIf(available)('what does not fit', () => {
  it.each(refusals)('is refused: %s %#', (kernel, inputs, attributes, message) => {
    const before = tf.memory().numTensors;
    expect(() => runKernel(kernel, inputs, attributes)).toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });
});
