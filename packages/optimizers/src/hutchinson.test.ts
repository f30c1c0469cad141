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

it('is 0 for a loss that is linear in pieces, as a hinge of a linear model is', async () => {
  const [w, b] = tf.tidy(() => [tf.variable(tf.tensor1d([1, -2])), tf.variable(tf.scalar(3))]) as [
    tf.Variable,
    tf.Variable,
  ];
  const grads = { w: tf.zeros([2]), b: tf.scalar(0) };
  for (const loss of [() => tf.add(tf.sum(w), b), () => tf.sum(tf.relu(tf.sub(b, w)))]) {
    const estimate = hutchinson()({ params: { w, b }, step: 0, loss }, grads);
    await expectClose(estimate.w!, [0, 0], { absolute: 0 });
    await expectClose(estimate.b!, 0, { absolute: 0 });
    tf.dispose(estimate);
  }
  expect(hutchinson()({ params: {}, step: 0, loss: () => tf.scalar(1) }, {})).toEqual({});
  tf.dispose([w, b, grads]);
});

it('takes the second derivatives of a max pooling', async () => {
  const w = tf.tidy(() => tf.variable(tf.tensor4d([1, 4, 3, 2], [1, 2, 2, 1])));
  const loss = () => tf.sum(tf.square(tf.maxPool(w as unknown as tf.Tensor4D, 2, 2, 'valid')));
  const grads = { w: tf.zeros([1, 2, 2, 1]) };
  const estimate = hutchinson()({ params: { w }, step: 0, loss }, grads);
  await expectClose(estimate.w!, [0, 2, 0, 0]);
  tf.dispose([w, grads, estimate]);
});
