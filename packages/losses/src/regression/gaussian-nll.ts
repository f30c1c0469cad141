import { flag, positive } from '@tenfold/checks';
import { floatTensor, type Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { counts, inRange } from '../domain';
import { createLoss, type Loss } from '../loss';
import { constant } from '../math';
import { assertShape, readParts } from '../parts';
import type { ReductionOptions } from '../weighting';

export interface GaussianNllOptions extends ReductionOptions {
  /** Whether the constant ½·log 2π is part of the loss; false by default. */
  full?: boolean;
  /** Lower bound of the variances; a positive number, 1e-6 by default. A smaller variance has the gradient of the bound. */
  epsilon?: number;
}

/** The normal distributions that a model predicts. */
export interface Gaussian {
  /** The means, in the shape of the labels. */
  mean: Input;
  /** The variances, ≥ 0, in the shape of the labels; for negative ones the loss is NaN. */
  variance: Input;
}

/**
 * Negative log-likelihood of values under normal distributions, for a model that predicts its own uncertainty.
 *
 * lᵢ = ½·(log v + (μ − y)²/v), v = max(variance, ε); dμ = (μ − y)/v, dv = ½·(1/v − (μ − y)²/v²)
 *
 * PyTorch also takes variances that broadcast; here mean and variance have the shape of the labels.
 *
 * @param labels y: any shape, values in ℝ
 * @param predictions { mean, variance }: μ and the variance, each in the shape of the labels
 * @returns a scalar, or the shape of the labels for the reduction 'none'; in nats
 * @throws when the shapes differ, epsilon is not positive, or the weights do not fit
 * @example
 * gaussianNll([0, 3], { mean: [1, 3], variance: [1, 4] }); // (0.5 + 0.6931) / 2 = 0.5966
 * @see Nix, Weigend, "Estimating the mean and variance of the target probability distribution", 1994,
 * https://doi.org/10.1109/ICNN.1994.374138
 */
export const gaussianNll: Loss<GaussianNllOptions, Input, Gaussian> = /* @__PURE__ */ createLoss<
  GaussianNllOptions,
  Input,
  Gaussian
>({
  name: 'gaussianNll',
  prepare: (labels, predictions) => {
    const { mean, variance } = readParts('gaussianNll', 'predictions', predictions, ['mean', 'variance']);
    const y = floatTensor('gaussianNll', 'labels', labels);
    const [m, v] = [
      floatTensor('gaussianNll', 'predictions.mean', mean),
      floatTensor('gaussianNll', 'predictions.variance', variance),
    ];
    assertShape('gaussianNll', ['labels', y], ['predictions.mean', m.shape]);
    assertShape('gaussianNll', ['predictions.variance', v], ['labels', y.shape]);
    return { labels: [y], predictions: [m, v], shape: y.shape };
  },
  formula: ([y], [mean, variance], { full = false, epsilon = 1e-6 }) => {
    const given = inRange(counts, variance!);
    const v = tf.add(
      given,
      constant(given, (v) => tf.relu(tf.sub(epsilon, v))),
    );
    const ratio = tf.div(tf.square(tf.sub(mean!, y!)), v);
    const losses = tf.mul(tf.add(tf.log(v), ratio), 0.5);
    return full ? tf.add(losses, 0.5 * Math.log(2 * Math.PI)) : losses;
  },
  kinds: { full: flag, epsilon: positive },
});
