import { flag, index } from '@tenfold/checks';
import { floatTensor, type Input, withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { createLoss, type Loss } from '../loss';
import { logSoftmax } from '../math';
import { assertShape, readParts } from '../parts';
import { assertClasses } from '../shapes';
import type { ReductionOptions } from '../weighting';
import { align, backward, forward, LEAST, total } from './alignments';

export interface CtcOptions extends ReductionOptions {
  /** The class that means no label, an integer of at least 0; 0 by default. */
  blank?: number;
  /** Whether infinite losses, of labels that do not fit into their input, and their gradients become 0; false by default. */
  zeroInfinity?: boolean;
}

/** Label sequences for `ctc`; in `fit`, the ys of a batch. */
export interface CtcLabels {
  /** [batch, labels], class indices other than the blank; what follows after the length of a sequence is not read. */
  labels: Input;
  /** [batch], how many labels each sequence has; all of them by default. */
  labelLengths?: Input;
  /** [batch], how many steps of each input count; all of them by default. */
  inputLengths?: Input;
}

/**
 * Connectionist temporal classification: the negative log-likelihood of label sequences under logits for each step, over all
 * alignments of the two.
 *
 * l = −log Σ_π Πₜ softmax(zₜ)_πₜ over the paths π that give the labels when repetitions are merged and blanks removed; dz = softmax(z) − (the
 * probability, given the labels, that a path is in this class at this step)
 *
 * It takes logits; log-probabilities are logits too. The mean is over the examples as for all losses here; PyTorch divides each loss by the
 * length of its labels first. Labels that do not fit into their input have the loss ∞.
 *
 * @param labels { labels, labelLengths, inputLengths }, of which the lengths may be left out; for labels that are the blank or no
 *   classes, and for lengths that do not fit, the loss is NaN
 * @param predictions z: [batch, steps, classes], logits in ℝ, or −∞ for a class of probability 0
 * @returns a scalar, or [batch] for the reduction 'none'; in nats, ≥ 0
 * @throws when the shapes do not fit, there are fewer than two classes, blank is no class, or the weights do not fit
 * @example
 * ctc({ labels: [[1]] }, [[[0, 0], [0, 0]]]); // −log(3/4) = 0.2877
 * @see Graves et al., "Connectionist Temporal Classification: Labelling Unsegmented Sequence Data with Recurrent Neural Networks", 2006,
 *   https://doi.org/10.1145/1143844.1143891, section 4
 */
export const ctc: Loss<CtcOptions, CtcLabels> = /* @__PURE__ */ createLoss<CtcOptions, CtcLabels>({
  name: 'ctc',
  prepare: (given, predictions, { blank = 0 }) => {
    const { labels, labelLengths, inputLengths } = readParts('ctc', 'labels', given, [
      'labels',
      'labelLengths?',
      'inputLengths?',
    ]);
    const z = floatTensor('ctc', 'logits', predictions);
    const y = floatTensor('ctc', 'labels.labels', labels);
    if (z.rank !== 3 || z.shape[1] === 0) {
      throw new Error(
        `ctc: logits have shape [${z.shape}]; give [batch, steps, classes] of at least one step`,
      );
    }
    assertClasses('ctc', 'logits', z);
    const [batch, steps, classes] = z.shape as [number, number, number];
    if (y.rank !== 2 || y.shape[0] !== batch) {
      throw new Error(
        `ctc: logits have shape [${z.shape}] but labels.labels have shape [${y.shape}]; give labels of shape [${batch}, labels], one sequence for each example`,
      );
    }
    if (blank >= classes) {
      throw new Error(
        `ctc: blank is ${blank} but there are ${classes} classes; give an integer from 0 to ${classes - 1}`,
      );
    }
    const [ofLabels, ofInputs] = (
      [
        ['labels.labelLengths', labelLengths, y.shape[1]!],
        ['labels.inputLengths', inputLengths, steps],
      ] as const
    ).map(([what, lengths, all]) => {
      const x = lengths === undefined ? tf.fill([batch], all) : floatTensor('ctc', what, lengths);
      assertShape('ctc', [what, x], ['logits', z.shape], [batch]);
      return x;
    });
    return { labels: [y, ofLabels!, ofInputs!], predictions: [z], shape: [batch] };
  },
  formula: ([y, labelLengths, inputLengths], [z], { blank = 0, zeroInfinity = false }, weights) => {
    const [batch, steps, classes] = z!.shape as [number, number, number];
    if (batch === 0) return tf.sum(z!, [1, 2]);
    // An example of weight 0 gets no labels and the whole input.
    const isOut = weights && tf.equal(weights, 0);
    const ofLabels = isOut ? tf.where(isOut, tf.zerosLike(weights), labelLengths!) : labelLengths!;
    const ofInputs = isOut ? tf.where(isOut, tf.fill([batch], steps), inputLengths!) : inputLengths!;
    const { isValid, ...alignment } = align(y!, ofLabels, ofInputs, { blank, classes, steps });
    const { oneHot, skips, ends, isInput } = alignment;
    // NaN for every logit of a sequence that is not valid, so that its loss and all of its gradient are NaN.
    const marks = tf.where(isValid, tf.ones([batch]), tf.fill([batch], Number.NaN));
    const losses = withGradient([tf.mul(z!, tf.reshape(marks, [batch, 1, 1]))], {
      forward: (z) => {
        const logs = finiteLogs(z);
        const emissions = tf.matMul(logs, oneHot, false, true);
        const alphas = forward(emissions, alignment);
        const sums = total(alphas, alignment);
        const isInfinite = tf.less(sums, LEAST / 10);
        const infinite = tf.fill([batch], zeroInfinity ? 0 : Infinity);
        const value = tf.where(isInfinite, infinite, tf.neg(sums));
        return { value, saved: [logs, emissions, alphas, sums, oneHot, skips, ends, isInput] };
      },
      backward: (dy, saved) => {
        const [logs, emissions, alphas, sums, oneHot, skips, ends, isInput] = saved as [
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
        ];
        const betas = backward(emissions, { oneHot, skips, ends, isInput });
        const aligned = (x: tf.Tensor) => tf.reshape(x, [batch, 1, 1]);
        // The probability of each state, given the labels.
        const states = tf.exp(tf.sub(tf.add(alphas, betas), aligned(sums)));
        const difference = tf.sub(tf.exp(logs), tf.matMul(states, oneHot));
        const zeros = tf.zerosLike(difference);
        const isInfinite = tf.less(aligned(sums), LEAST / 10);
        const infinite = tf.fill([1, 1, 1], zeroInfinity ? 0 : Number.NaN);
        const gradient = tf.mul(tf.where(isInfinite, infinite, difference), aligned(dy));
        return [tf.where(tf.expandDims(isInput, -1), gradient, zeros)];
      },
    });
    // Where no state is an end, the logits have no part in the loss.
    return tf.mul(losses, marks);
  },
  kinds: { blank: index, zeroInfinity: flag },
});

/** Log-probabilities, with a finite number for those of 0: products with 0 are then 0. */
function finiteLogs(logits: tf.Tensor): tf.Tensor {
  const logs = logSoftmax(logits);
  return tf.where(tf.less(logs, LEAST), tf.fill(logs.shape, LEAST), logs);
}
