import { relu } from '@tenfold/activations';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { block, createModel, type LayerLike, sequential } from '../index';

const x = tf.ones([1, 2]);
const returning = (value: unknown): LayerLike => ((_: tf.Tensor) => value) as never;
const predict = (layer: LayerLike) => createModel(layer).predict(x);

it.each<[unknown, RegExp]>([
  [undefined, /the output is undefined; return a tensor, or a list or object of tensors$/],
  [null, /the output is null; return a tensor/],
  [3, /the output is 3; return a tensor/],
  [[1, 2], /the output 0 is 1; return a tensor/],
  [{ a: x, b: 2 }, /the output b is 2; return a tensor/],
  [Promise.resolve(x), /the output is a Promise; return a tensor.*, without async$/],
  [relu, /the output is the function relu; .*; was a function passed that must be called first\?$/],
])('of a layer must be tensors, not %j', (value, message) => {
  const layer: LayerLike = { init: () => ({}), apply: returning(value) as never };
  for (const bad of [layer as LayerLike, returning(value)]) {
    expect(() => predict(bad)).toThrow(message);
    expect(() => predict(sequential([relu, bad]))).toThrow(message);
    expect(() => predict(sequential([relu, bad]))).toThrow(/^1: the output/);
    expect(() => predict(sequential([bad, (x) => tf.neg(x)]))).toThrow(/^0: the output/);
    const inside = block({ bad }, (l, x) => l.bad(x));
    expect(() => createModel(inside).predict(x)).toThrow(/^bad: the output/);
  }
  const network = block({}, () => value);
  expect(() => createModel(network).predict(x)).toThrow(message);
});
