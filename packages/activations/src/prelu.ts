import { anything, assertOptions, type Kinds } from '@tenfold/checks';
import { floatTensor, type Input, withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { assertX } from './assert-x';
import { type Call, callOptions } from './call-options';

export interface PreluOptions {
  /** The slope for negative x: a number, array or tensor that broadcasts to the shape of x, such as [channels]; 0.25 by default. */
  slope?: Input;
}

const kinds: Kinds<PreluOptions> = { slope: anything };

/**
 * Parametric rectified linear unit: a leaky ReLU whose slope is learned. The layer `prelu` of `@tenfold/layers` holds the slope;
 * this function takes it.
 *
 * f(x) = x where x > 0, a·x elsewhere; dx = dy where x > 0, a·dy elsewhere; da = Σ dy·min(x, 0) over the broadcast axes
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x
 * @throws when the slope does not broadcast to the shape of x
 * @example
 * prelu([[-1, 2], [-3, -4]], { slope: [0.1, 0.5] }); // [[-0.1, 2], [-0.3, -2]]
 * @see He et al., "Delving Deep into Rectifiers", 2015, https://arxiv.org/abs/1502.01852, section 2.1
 */
export function prelu<T extends tf.Tensor>(x: Input<T>, options?: PreluOptions): T;
export function prelu(...call: Call<PreluOptions>): tf.Tensor {
  const [x] = call as [Input];
  const options = callOptions('prelu', call);
  assertX('prelu', x, kinds);
  assertOptions('prelu', options, kinds);
  const { slope = 0.25 } = options;
  return tf.tidy(() => {
    const input = floatTensor('prelu', 'x', x);
    const a = floatTensor('prelu', 'slope', slope);
    if (!broadcasts(a.shape, input.shape)) {
      throw new Error(
        `prelu: slope has shape [${a.shape}] but x has shape [${input.shape}]; give a slope that broadcasts to the shape of x`,
      );
    }
    return withGradient([input, a], {
      forward: (x, a) => ({ value: tf.where(tf.greater(x!, 0), x!, tf.mul(x!, a!)), saved: [x!, a!] }),
      backward(dy, [x, a]) {
        const above = tf.greater(x!, 0);
        const scaled = tf.where(above, tf.zerosLike(x!), tf.mul(dy, x!));
        return [tf.where(above, dy, tf.mul(dy, a!)), sumTo(scaled, a!.shape)];
      },
    });
  });
}

const broadcasts = (from: number[], to: number[]): boolean =>
  from.length <= to.length && from.every((size, i) => size === 1 || size === to[i + to.length - from.length]);

/** The sum over the axes along which a tensor of that shape was broadcast. */
function sumTo(x: tf.Tensor, shape: number[]): tf.Tensor {
  const ahead = x.rank - shape.length;
  const axes = x.shape.map((_, i) => i).filter((i) => i < ahead || shape[i - ahead] === 1);
  return tf.reshape(tf.sum(x, axes), shape);
}
