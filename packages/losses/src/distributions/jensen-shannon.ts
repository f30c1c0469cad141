import * as tf from '@tensorflow/tfjs-core';
import { probabilities } from '../domain';
import { createLoss, type Loss, ofPair } from '../loss';
import { timesOwnLog } from '../math';
import { sameClasses } from '../shapes';

/**
 * Jensen–Shannon divergence of two distributions: symmetric, and bounded where the Kullback–Leibler divergence is infinite.
 *
 * l = ½·Σₖ yₖ·log(yₖ/mₖ) + ½·Σₖ pₖ·log(pₖ/mₖ), m = (y + p)/2; dp = ½·log(p/m), dy = ½·log(y/m), where log 0 is taken as −87.3
 *
 * @param labels y: [batch, …, classes], probabilities in [0, 1] that sum to 1 along the last axis; for other values the loss is NaN
 * @param predictions p: the shape of the labels, probabilities in [0, 1]; for others, such as logits, the loss is NaN
 * @returns a scalar, or [batch, …] for the reduction 'none'; in nats, from 0 to log 2
 * @throws when the shapes differ, there are fewer than two classes, or the weights do not fit
 * @example
 * jensenShannon([[1, 0]], [[0.5, 0.5]]); // 0.2158
 * @see Lin, "Divergence Measures Based on the Shannon Entropy", 1991, https://doi.org/10.1109/18.61115
 */
export const jensenShannon: Loss = /* @__PURE__ */ createLoss(
  /* @__PURE__ */ ofPair(
    'jensenShannon',
    (y, p) => sameClasses('jensenShannon', y, p, 'probabilities'),
    1,
    (y, p) => {
      const middle = tf.mul(tf.add(y, p), 0.5);
      const halves = tf.mul(tf.add(timesOwnLog(y), timesOwnLog(p)), 0.5);
      return tf.sum(tf.sub(halves, timesOwnLog(middle)), -1);
    },
    {},
    {
      labels: probabilities,
      predictions: { ...probabilities, expected: 'probabilities in [0, 1]; for logits apply tf.softmax' },
    },
  ),
);
