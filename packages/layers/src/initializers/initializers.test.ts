import { createRng } from '@tenfold/random';
import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { conv2d } from '../layers/conv2d';
import { createModel } from '../model/model';
import {
  constant,
  dirac,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  identityMatrix,
  lecunNormal,
  lecunUniform,
  normal,
  ones,
  orthogonalMatrix,
  sparse,
  torchUniform,
  truncatedNormal,
  uniform,
  varianceScaling,
  zeros,
} from './index';

const rng = createRng(11);
const moments = (values: Float32Array) => {
  const mean = values.reduce((s, v) => s + v, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / values.length);
  return { mean, deviation, largest: values.reduce((m, v) => Math.max(m, Math.abs(v)), 0) };
};

// The shapes of a dense and a convolution kernel, the expected standard deviation and, for a uniform initializer, its limit.
const dense = [200, 300];
const convolution = [3, 3, 40, 60];
it.each<[string, Initializer, number[], number, number?]>([
  ['zeros', zeros(), dense, 0, 0],
  ['normal', normal(), dense, 0.02],
  ['normal 0.5', normal({ standardDeviation: 0.5 }), dense, 0.5],
  ['uniform', uniform(), dense, 0.05 / Math.sqrt(3), 0.05],
  ['uniform 2', uniform({ limit: 2 }), dense, 2 / Math.sqrt(3), 2],
  // The limits of keras.initializers.LecunUniform and jax.nn.initializers.lecun_uniform.
  ['lecunUniform', lecunUniform(), dense, 1 / Math.sqrt(200), Math.sqrt(3 / 200)],
  ['lecunUniform', lecunUniform(), convolution, 1 / Math.sqrt(360), Math.sqrt(3 / 360)],
  ['lecunUniform of a bias', lecunUniform({ fanIn: 50 }), [5000], 1 / Math.sqrt(50), Math.sqrt(3 / 50)],
  ['torchUniform', torchUniform(), dense, 1 / Math.sqrt(3 * 200), 1 / Math.sqrt(200)],
  ['torchUniform', torchUniform(), convolution, 1 / Math.sqrt(3 * 360), 1 / Math.sqrt(360)],
  ['torchUniform of a bias', torchUniform({ fanIn: 50 }), [5000], 1 / Math.sqrt(150), 1 / Math.sqrt(50)],
  ['glorotUniform', glorotUniform(), dense, Math.sqrt(2 / 500), Math.sqrt(6 / 500)],
  ['glorotUniform', glorotUniform(), convolution, Math.sqrt(2 / 900), Math.sqrt(6 / 900)],
  ['glorotNormal', glorotNormal(), dense, Math.sqrt(2 / 500)],
  ['heUniform', heUniform(), dense, Math.sqrt(2 / 200), Math.sqrt(6 / 200)],
  ['lecunNormal', lecunNormal(), convolution, 1 / Math.sqrt(360)],
  ['truncatedNormal', truncatedNormal(), dense, 0.8796 * 0.02, 0.04],
  ['truncatedNormal 1, 0.5', truncatedNormal({ standardDeviation: 1, limit: 0.5 }), dense, 0.2837, 0.5],
  ['varianceScaling', varianceScaling(), dense, 1 / Math.sqrt(200)],
  [
    'varianceScaling uniform',
    varianceScaling({ scale: 2, mode: 'fanAverage', distribution: 'uniform' }),
    dense,
    Math.sqrt(2 / 250),
    Math.sqrt(6 / 250),
  ],
  [
    'varianceScaling normal',
    varianceScaling({ mode: 'fanOut', distribution: 'normal' }),
    dense,
    1 / Math.sqrt(300),
  ],
  // Each column has the norm 1.
  ['orthogonalMatrix', orthogonalMatrix(), [60, 50], 1 / Math.sqrt(60)],
  ['sparse', sparse({ sparsity: 0.75, standardDeviation: 2 }), dense, 2 * Math.sqrt(0.25)],
  ['heNormal', heNormal(), dense, Math.sqrt(2 / 200)],
  ['heNormal', heNormal(), convolution, Math.sqrt(2 / 360)],
])('%s has the expected moments (shape %#)', (_, initializer, shape, deviation, limit) => {
  const values = initializer(shape, rng.fork(shape.join()));
  expect(values).toHaveLength(tf.util.sizeFromShape(shape));
  const found = moments(values);
  expect(Math.abs(found.mean)).toBeLessThanOrEqual((4 * deviation) / Math.sqrt(values.length));
  expect(Math.abs(found.deviation - deviation)).toBeLessThanOrEqual(0.02 * deviation);
  if (limit !== undefined) {
    expect(found.largest).toBeLessThanOrEqual(limit * (1 + 1e-6));
    expect(found.largest).toBeGreaterThanOrEqual(0.99 * limit);
  }
});

it('ones are 1', () => expect([...ones()([2, 2], rng)]).toEqual([1, 1, 1, 1]));

it('constants and identity matrices have the values that their names say', () => {
  expect([...constant({ value: 0.5 })([2], rng)]).toEqual([0.5, 0.5]);
  expect([...identityMatrix({ gain: 2 })([2, 3], rng)]).toEqual([2, 0, 0, 0, 2, 0]);
});

it.each([[[4, 3]], [[2, 5]], [[2, 2, 3]]])(
  'orthogonalMatrix is orthogonal along its shorter side: %s',
  async (shape) => {
    const values = orthogonalMatrix({ gain: 2 })(shape, createRng(3));
    const matrix = tf.tensor2d(values, [values.length / shape.at(-1)!, shape.at(-1)!]);
    const isTall = matrix.shape[0] > matrix.shape[1];
    const product = isTall ? tf.matMul(matrix, matrix, true) : tf.matMul(matrix, matrix, false, true);
    await expectClose(product, tf.mul(tf.eye(Math.min(...matrix.shape)), 4));
  },
);

it('sparse leaves the same number of inputs to each output', () => {
  const values = sparse({ sparsity: 0.5 })([5, 3], createRng(2));
  for (const column of [0, 1, 2]) {
    expect([0, 1, 2, 3, 4].filter((row) => values[row * 3 + column] === 0)).toHaveLength(3);
  }
});

it('the same stream gives the same values', () => {
  expect(heNormal()(dense, createRng(1))).toEqual(heNormal()(dense, createRng(1)));
  expect(heNormal()(dense, createRng(1))).not.toEqual(heNormal()(dense, createRng(2)));
});

describe('dirac', () => {
  it.each([1, 3, 5])('copies the channels with a kernel of size %s', async (kernelSize) => {
    const layer = conv2d({ inChannels: 3, outChannels: 3, kernelSize, bias: false, initializer: dirac() });
    const x = tf.tensor(createRng(2).fillNormal(new Float32Array(2 * 5 * 4 * 3)), [2, 5, 4, 3]);
    await expectClose(createModel(layer).predict(x), x, { absolute: 0, relative: 0 });
  });

  it('uses the other initializer for additional filters, and drops channels without a filter', () => {
    const more = dirac({ otherwise: ones() })([1, 1, 2, 4], rng);
    expect([...more]).toEqual([1, 0, 1, 1, 0, 1, 1, 1]);
    expect([...dirac()([1, 1, 3, 2], rng)]).toEqual([1, 0, 0, 1, 0, 0]);
  });
});

describe('bad options', () => {
  it.each<[() => unknown, RegExp]>([
    [
      () => normal({ standardDeviation: Number.NaN }),
      /^normal: standardDeviation is NaN; give a finite number/,
    ],
    [() => uniform({ limit: Number.POSITIVE_INFINITY }), /^uniform: limit is Infinity; give a finite number/],
    [() => uniform({ limit: null as unknown as number }), /^uniform: limit is null/],
    [() => lecunUniform({ fanIn: 0 }), /^lecunUniform: fanIn is 0; give an integer of at least 1/],
    [() => torchUniform({ fanIn: 0 }), /^torchUniform: fanIn is 0; give an integer of at least 1/],
    [() => normal({ std: 1 } as object), /^normal: there is no option "std"/],
    [() => dirac()([2, 2], rng), /^dirac: the parameter has shape \[2,2\]; use it for kernels/],
  ])('are rejected with a clear error: %#', (call, message) => {
    expect(call).toThrow(message);
  });
});
