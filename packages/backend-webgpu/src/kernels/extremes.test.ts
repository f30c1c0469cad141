import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runKernel, startWebgpu } from '../../test/webgpu';

const available = await startWebgpu();

// What min, max, clamp and products by a mask make of NaN and infinity.
describe.runIf(available)('NaN and infinity', () => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  it.each(['linear', 'relu', 'elu', 'leakyrelu', 'sigmoid'])(
    'pass through a product with the epilogue %s',
    async (activation) => {
      const a = tf.abs(tf.tensor([NaN, 1, 100, 2000], [1, 4, 1]));
      const b = tf.tensor([1, -1], [1, 1, 2]);
      const attrs = { transposeA: false, transposeB: false, activation, leakyreluAlpha: 0.2 };
      const out = Array.from(await runKernel(tf._FusedMatMul, { a, b }, attrs)[0]!.data());
      expect(out.map(Number.isNaN)).toEqual([true, true, ...new Array(6).fill(false)]);
      expect(out.every((v) => Math.abs(v) < Infinity || Number.isNaN(v))).toBe(true);
    },
  );

  it('make the variance of a channel NaN, not 0', async () => {
    const x = tf.tensor2d([
      [NaN, 1],
      [2, 3],
    ]);
    const [, mean, variance] = runKernel('BatchNormTrain', { x }, { epsilon: 1e-5 }) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    await expectClose(mean, [NaN, 2]);
    await expectClose(variance, [NaN, 1]);
  });

  it('give probabilities 0 for logits −∞, and no cost where the label is 0', async () => {
    const logits = tf.tensor2d([[0, -Infinity, Math.log(3)]]);
    await expectClose(tf.softmax(logits), [0.25, 0, 0.75]);
    const labels = tf.tensor2d([[1, 0, 0]]);
    const [loss, probabilities] = runKernel('SoftmaxCrossEntropy', { logits, labels }) as [
      tf.Tensor,
      tf.Tensor,
    ];
    await expectClose(loss, [Math.log(4)]);
    await expectClose(probabilities, [0.25, 0, 0.75]);
  });
});
