import * as tf from '@tensorflow/tfjs-core';
import { createLoss, type Loss, ofPair } from '../loss';
import { sameFeatures } from '../shapes';
import { cosine } from '../vectors';

/**
 * Negative cosine similarity of labels and predictions, for vectors of which only the direction counts.
 *
 * l = −Σⱼ yⱼ·pⱼ / (‖y‖·‖p‖), and 0 where one of them is a vector of zeros
 *
 * It is −1 for the same direction, as in Keras, and not 1 − cos as in PyTorch's `cosineEmbedding`; the gradients are the same.
 *
 * @param labels y: [batch, …, features], values in ℝ
 * @param predictions p: the shape of the labels
 * @returns a scalar, or [batch, …] for the reduction 'none'; from −1 to 1
 * @throws when the shapes differ, there is no axis of features, or the weights do not fit
 * @example
 * cosineSimilarity([[3, 4]], [[1, 0]]); // −0.6
 * @see Keras, https://keras.io/api/losses/regression_losses/#cosinesimilarity-class
 */
export const cosineSimilarity: Loss = /* @__PURE__ */ createLoss(
  /* @__PURE__ */ ofPair(
    'cosineSimilarity',
    (y, p) => sameFeatures('cosineSimilarity', y, p, 'predictions'),
    1,
    (y, p) => tf.neg(cosine(y, p)),
    {},
    {},
  ),
);
