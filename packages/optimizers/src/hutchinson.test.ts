import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { hutchinson } from './index';

it('is exact for a diagonal Hessian, and needs a loss of variables', async () => {
  const w = tf.tidy(() => tf.variable(tf.tensor1d([1, -2, 0.5])));
  const loss = () => tf.sum(tf.mul(tf.square(tf.square(w)), [1, 2, 3]));
  const grads = { w: tf.zeros([3]) };
  const estimate = hutchinson({ seed: 3 })({ params: { w }, step: 7, loss }, grads);
  // 12·a·w²
  await expectClose(estimate.w!, [12, 96, 9], { relative: 1e-5 });
  expect(() => hutchinson()({ params: { w }, step: 0 }, grads)).toThrow(
    /^hutchinson: the step has no loss to compute again/,
  );
  expect(() => hutchinson()({ params: grads, step: 0, loss }, grads)).toThrow(
    /^hutchinson: w is not a tf.Variable; give the variables/,
  );
  tf.dispose([w, grads, estimate]);
});

it('is exact on average', async () => {
  const w = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
  const product = () => tf.sum(tf.mul(tf.slice(w, [0], [1]), tf.slice(w, [1], [1])));
  // The Hessian is [[2, 1], [1, 4]]: an estimate is [2 ± 1, 4 ± 1].
  const loss = () => tf.tidy(() => tf.add(tf.sum(tf.mul(tf.square(w), [1, 2])), product()));
  const grads = { w: tf.zeros([2]) };
  const seen = new Set<string>();
  for (let step = 0; step < 12; step++) {
    const estimate = hutchinson()({ params: { w }, step, loss }, grads);
    seen.add([...(await estimate.w!.data())].map((x) => x.toFixed(3)).join());
    tf.dispose(estimate);
  }
  expect([...seen].sort()).toEqual(['1.000,3.000', '3.000,5.000']);
  tf.dispose([w, grads]);
});
