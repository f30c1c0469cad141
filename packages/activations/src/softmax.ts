import * as tf from '@tensorflow/tfjs-core';
import { fused, type Input, withGradient } from './elementwise';

export interface SoftmaxOptions {
  /** The axis whose entries sum to 1; −1, the last, by default. */
  axis?: number;
}

/**
 * Softmax: a probability distribution from scores along one axis.
 *
 * pᵢ = e^(xᵢ − m) / Σⱼ e^(xⱼ − m), m = maxⱼ xⱼ; dxᵢ = pᵢ·(dyᵢ − Σⱼ dyⱼ·pⱼ)
 *
 * Its gradient along the last axis runs the kernel `SoftmaxGrad` where the backend has it.
 *
 * @param x rank 1 or more; values in ℝ
 * @returns the shape of x; values in [0, 1] that sum to 1 along the axis
 * @throws when x has no such axis
 * @example
 * softmax([1, 2, 3]); // [0.0900, 0.2447, 0.6652]
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 6.2.2.3
 */
export function softmax<T extends tf.Tensor>(x: Input<T>, { axis = -1 }: SoftmaxOptions = {}): T {
  const input = x instanceof tf.Tensor ? x : tf.tensor(x);
  const along = axis < 0 ? axis + input.rank : axis;
  if (!Number.isInteger(along) || along < 0 || along >= input.rank) {
    throw new Error(
      `softmax: axis is ${axis} but x has shape [${input.shape}]; give an axis from ${-input.rank} to ${input.rank - 1}`,
    );
  }
  if (along === input.rank - 1) return alongLast(input as T);
  // tfjs's kernel knows the last axis only.
  const order = input.shape.map((_, i) => i).filter((i) => i !== along);
  const back = input.shape.map((_, i) => (i === along ? input.rank - 1 : i < along ? i : i - 1));
  return tf.tidy(() => tf.transpose(alongLast(tf.transpose(input, [...order, along])), back)) as T;
}

const alongLast = <T extends tf.Tensor>(x: T): T =>
  withGradient<T>(x, {
    forward: (x) => tf.softmax(x),
    backward: (dy, _, y) =>
      fused('SoftmaxGrad', { dy, y }, {}, () => tf.mul(y, tf.sub(dy, tf.sum(tf.mul(dy, y), -1, true)))),
  });
