import { positive, probability } from '@tenfold/checks';
import { floatTensor, type Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { inRange, probabilities } from '../domain';
import { createLoss, type Loss } from '../loss';
import { logSoftmax, timesLog } from '../math';
import { assertShape, readParts } from '../parts';
import { assertClasses, indicesOrDistributions } from '../shapes';
import type { ReductionOptions } from '../weighting';
import { divergence } from './kl-divergence';

export interface DistillationOptions extends ReductionOptions {
  /** T > 0, by which the logits of both models are divided before the softmax of the soft part; 2 by default. */
  temperature?: number;
  /** w in [0, 1], the share of the soft part; the cross-entropy of the labels has 1 − w. 0.25 by default. */
  teacherWeight?: number;
}

/** What comes with the data for `distillation`; in `fit`, the ys of a batch. */
export interface DistillationLabels {
  /** Class indices [batch, …], or distributions [batch, …, classes]; they may be left out if `teacherWeight` is 1. */
  labels?: Input;
  /** The teacher's logits, [batch, …, classes]. */
  teacher: Input;
}

/**
 * Knowledge distillation: a student learns the labels and the softened predictions of a teacher.
 *
 * l = (1 − w)·CE(y, softmax(z)) + w·T²·KL(softmax(t/T) ‖ softmax(z/T)); the soft part has dz = w·T·(softmax(z/T) − softmax(t/T))
 *
 * The defaults are those of PyTorch's tutorial. Train with batches of `ys: { labels, teacher }`, where the teacher's logits were
 * computed before, by `teacher.predict`.
 *
 * @param labels { labels, teacher }: y and the teacher's logits t; for labels that are no classes or probabilities the loss is NaN
 * @param predictions z: [batch, …, classes], the student's logits in ℝ, or −∞ for a class of probability 0
 * @returns a scalar, or [batch, …] for the reduction 'none'; in nats, ≥ 0
 * @throws when the shapes do not fit, there are fewer than two classes, labels in an array are not class indices, labels are missing
 *   though teacherWeight is below 1, an option is out of range, or the weights do not fit
 * @example
 * distillation({ labels: [1], teacher: [[0, 4]] }, [[0, 2]]); // 0.75 · 0.1269 + 0.25 · 4 · 0.0671 = 0.1623
 * @see Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural Network", 2015, https://arxiv.org/abs/1503.02531, section 2
 */
export const distillation: Loss<DistillationOptions, DistillationLabels> = /* @__PURE__ */ createLoss<
  DistillationOptions,
  DistillationLabels
>({
  name: 'distillation',
  prepare: (given, predictions, { teacherWeight = 0.25 }) => {
    const { labels, teacher } = readParts('distillation', 'labels', given, ['labels?', 'teacher']);
    const t = floatTensor('distillation', 'labels.teacher', teacher);
    const z = floatTensor('distillation', 'logits', predictions);
    assertClasses('distillation', 'logits', z);
    assertShape('distillation', ['labels.teacher', t], ['logits', z.shape]);
    const shape = z.shape.slice(0, -1);
    if (labels === undefined) {
      if (teacherWeight === 1) return { labels: [t], predictions: [z], shape };
      throw new Error(
        `distillation: labels.labels is missing and teacherWeight is ${teacherWeight}; give { labels, teacher }, or teacherWeight: 1`,
      );
    }
    const [y] = indicesOrDistributions('distillation', labels, z, 'labels.labels');
    return { labels: [t, y], predictions: [z], shape };
  },
  formula: ([t, y], [z], { temperature = 2, teacherWeight = 0.25 }) => {
    const [teacher, student] = [t!, z!].map((logits) => logSoftmax(tf.div(logits, temperature)));
    const soft = tf.mul(divergence(teacher!, student!), teacherWeight * temperature ** 2);
    if (!y) return soft;
    const hard = tf.sum(timesLog(inRange(probabilities, y), logSoftmax(z!)), -1);
    return tf.sub(soft, tf.mul(hard, 1 - teacherWeight));
  },
  kinds: { temperature: positive, teacherWeight: probability },
});
