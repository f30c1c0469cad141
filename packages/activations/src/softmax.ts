import { assertOptions, integer } from '@tenfold/checks';
import { floatTensor, fused, type Input, withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

export interface SoftmaxOptions {
  /** The axis whose entries sum to 1; a negative axis counts from the end. −1 by default. */
  axis?: number;
}

const kinds = { axis: integer };

/**
 * Softmax: converts the scores along one axis to probabilities.
 *
 * pᵢ = e^(xᵢ − m) / Σⱼ e^(xⱼ − m), m = maxⱼ xⱼ; dxᵢ = pᵢ·(dyᵢ − Σⱼ dyⱼ·pⱼ)
 *
 * The gradient runs the kernel `SoftmaxGrad` where the backend has it.
 *
 * @param x rank 1 or more; values in ℝ, or −∞ for an entry of probability 0
 * @returns the shape of x; values in [0, 1] that sum to 1 along the axis
 * @throws when x has no such axis
 * @example
 * softmax([1, 2, 3]); // [0.0900, 0.2447, 0.6652]
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 6.2.2.3
 */
export function softmax<T extends tf.Tensor>(x: Input<T>, options: SoftmaxOptions = {}): T {
  const checked = typeof options === 'number' ? {} : options; // Array.prototype.map passes an index here
  assertOptions('softmax', checked, kinds);
  const { axis = -1 } = checked;
  return tf.tidy(() => {
    const input = floatTensor('softmax', 'x', x);
    const { rank, shape } = input;
    const along = axis < 0 ? axis + rank : axis;
    if (along < 0 || along >= rank) {
      const range = rank === 0 ? 'a tensor of rank 1 or more' : `an axis from ${-rank} to ${rank - 1}`;
      throw new Error(`softmax: axis is ${axis} but x has shape [${shape}]; give ${range}`);
    }
    if (along === rank - 1) return alongLast(input);
    // tfjs's kernel supports only the last axis.
    const order = shape.map((_, i) => i).filter((i) => i !== along);
    const back = shape.map((_, i) => (i === along ? rank - 1 : i < along ? i : i - 1));
    return tf.transpose(alongLast(tf.transpose(input, [...order, along])), back);
  }) as T;
}

const alongLast = (x: tf.Tensor): tf.Tensor =>
  withGradient([x], {
    forward: (x) => {
      const y = tf.softmax(x);
      return { value: y, saved: [y] };
    },
    backward: (dy, [y]) =>
      fused('SoftmaxGrad', { dy, y: y! }, {}, () => [
        tf.mul(y!, tf.sub(dy, tf.sum(tf.mul(dy, y!), -1, true))),
      ]),
  });
