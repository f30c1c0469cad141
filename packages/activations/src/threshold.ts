import { finite } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';
import { where } from './piecewise';

export interface ThresholdOptions {
  /** Values at or below it are replaced; a finite number, 0 by default. */
  threshold?: number;
  /** What replaces them; a finite number, 0 by default. */
  value?: number;
}

/**
 * Threshold: keeps the values above a threshold and replaces the others.
 *
 * f(x) = x where x > threshold, value elsewhere; f'(x) = 1 where x > threshold, 0 elsewhere
 *
 * PyTorch has no defaults; the ones here are those of ReLU.
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in ℝ
 * @throws when an option is not a finite number
 * @example
 * threshold([-1, 0.5, 2], { threshold: 1, value: -3 }); // [-3, -3, 2]
 * @see PyTorch, https://pytorch.org/docs/stable/generated/torch.nn.Threshold.html
 */
export const threshold: ActivationFunction<ThresholdOptions> = /* @__PURE__ */ elementwise<
  ThresholdOptions,
  [number, number]
>(
  'threshold',
  {
    value: (x, threshold, value) => tf.where(tf.lessEqual(x, threshold), tf.fill(x.shape, value), x),
    gradient: (dy, x, threshold) => where(tf.greater(x, threshold), dy),
    keeps: 'x',
    parameters: ({ threshold = 0, value = 0 }) => [threshold, value],
  },
  { threshold: finite, value: finite },
);
