import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, expect, it } from 'vitest';
import { onTape } from './index';

const calls: string[] = [];
const counted = <T>(name: string, value: T): T => {
  calls.push(name);
  return value;
};
// d(a·b)/da = dy·bᵀ, through a kernel that tfjs registers without a gradient. Layers register theirs.
const registered = tf.getGradient('_FusedMatMul');
if (registered) tf.unregisterGradient('_FusedMatMul');
afterAll(() => {
  tf.unregisterGradient('_FusedMatMul');
  if (registered) tf.registerGradient(registered);
});
const product = onTape('_FusedMatMul', {
  keeps: ['a', 'b'],
  gradient: (dy, [a, b]) => ({
    a: () => counted('a', tf.matMul(dy as tf.Tensor2D, b as tf.Tensor2D, false, true)),
    b: () => counted('b', tf.matMul(a as tf.Tensor2D, dy as tf.Tensor2D, true)),
  }),
});
const attributes = { transposeA: false, transposeB: false, activation: 'linear' };
const b = tf.tensor2d([1, 2, 3, 4], [2, 2]);
const f = (a: tf.Tensor) => product({ a, b, bias: undefined }, attributes);

it('runs the kernel, and computes only the requested gradients', async () => {
  const a = tf.tensor2d([[1, -1]]);
  await expectClose(f(a), [-2, -2]);
  calls.length = 0;
  await expectClose(tf.grad(f)(a), [3, 7]);
  expect(calls).toEqual(['a']);
});

it('has second gradients', async () => {
  const a = tf.tensor2d([[1, -1]]);
  const squared = (a: tf.Tensor) => tf.sum(tf.square(f(a)));
  const second = tf.grad((a) => tf.sum(tf.grad(squared)(a)))(a);
  // Σ over rows of the Hessian 2·b·bᵀ = [[10, 22], [22, 50]].
  await expectClose(second, [32, 72]);
});

it('does not replace a registered gradient', () => {
  const before = tf.getGradient('_FusedMatMul');
  onTape('_FusedMatMul', { keeps: [], gradient: () => ({}) })({ a: b, b }, attributes);
  expect(tf.getGradient('_FusedMatMul')).toBe(before);
});
