import { assertOptions, finite, flag, type Kinds, objectWith } from '@tenfold/checks';
import { floatTensor, type Input, withGradient } from '@tenfold/kernels';
import type { Rng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import { assertX } from './assert-x';
import { type Call, callOptions } from './call-options';

export interface RreluOptions {
  /** The smallest slope; a finite number, 1/8 by default. */
  lower?: number;
  /** The largest slope, at least `lower`; a finite number, 1/3 by default. */
  upper?: number;
  /** Whether to draw a slope for each entry; otherwise all get the mean of lower and upper; false by default. */
  training?: boolean | undefined;
  /** The stream of random numbers; required in training. */
  rng?: Rng | undefined;
}

const kinds: Kinds<RreluOptions> = {
  lower: finite,
  upper: finite,
  training: flag,
  rng: objectWith('a stream such as createRng(1)', 'fillUniform'),
};

/**
 * Randomized leaky rectified linear unit: in training each negative entry gets a slope drawn uniformly from a range.
 *
 * The layer `rrelu` of `@tenfold/layers` passes `training` and `rng`; a function as a layer does not know whether it is trained.
 *
 * f(x) = x where x > 0, a·x elsewhere, a ~ U(lower, upper) in training, (lower + upper) / 2 otherwise; f'(x) = 1 or a
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x
 * @throws when an option is not finite, lower is above upper, or rng is missing in training
 * @example
 * rrelu([-1, 0, 2]); // [-0.2292, 0, 2]
 * @see Xu et al., "Empirical Evaluation of Rectified Activations in Convolutional Network", 2015,
 * https://arxiv.org/abs/1505.00853, section 2.4
 */
export function rrelu<T extends tf.Tensor>(x: Input<T>, options?: RreluOptions): T;
export function rrelu(...call: Call<RreluOptions>): tf.Tensor {
  const [x] = call as [Input];
  const options = callOptions('rrelu', call);
  assertX('rrelu', x, kinds);
  assertOptions('rrelu', options, kinds);
  const { lower = 1 / 8, upper = 1 / 3, training = false, rng } = options;
  if (lower > upper) {
    throw new Error(`rrelu: lower is ${lower} and upper is ${upper}; give a lower that is at most upper`);
  }
  return tf.tidy(() => {
    const input = floatTensor('rrelu', 'x', x);
    const slopes = training ? [drawSlopes(input, lower, upper, rng)] : [];
    const slope = (slopes: tf.Tensor[]) => slopes[0] ?? (lower + upper) / 2;
    return withGradient([input], {
      forward: (x) => ({
        value: tf.where(tf.greater(x!, 0), x!, tf.mul(x!, slope(slopes))),
        saved: [x!, ...slopes],
      }),
      backward: (dy, [x, ...slopes]) => [tf.where(tf.greater(x!, 0), dy, tf.mul(dy, slope(slopes)))],
    });
  });
}

function drawSlopes(x: tf.Tensor, lower: number, upper: number, rng: Rng | undefined): tf.Tensor {
  if (!rng) {
    throw new Error('rrelu: rng is missing in training; give { rng: createRng(seed) }, or train with a seed');
  }
  const shares = rng.fillUniform(new Float32Array(x.size));
  return tf.tensor(
    shares.map((u) => lower + (upper - lower) * u),
    x.shape,
  );
}
