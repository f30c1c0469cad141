import { flag } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { createLoss, type Loss } from '../loss';
import { sameShape } from '../shapes';
import { unitVectors } from '../vectors';
import type { ReductionOptions } from '../weighting';

export interface FeatureDistillationOptions extends ReductionOptions {
  /** Whether the features of each example are divided by their length, so that only their direction counts; false by default. */
  normalize?: boolean;
}

/**
 * Feature distillation: a student's hidden features are to be those of a teacher.
 *
 * l = (1/n)·Σⱼ (sⱼ − tⱼ)² over the n features of an example, or Σⱼ (sⱼ/‖s‖ − tⱼ/‖t‖)² if they are normalized
 *
 * Where the sizes differ, give the student a layer that maps its features to those of the teacher, and train it too.
 *
 * @param labels t: [batch, …], the teacher's features in ℝ
 * @param predictions s: the shape of the labels, the student's features
 * @returns a scalar, or [batch] for the reduction 'none'; ≥ 0, and at most 4 if the features are normalized
 * @throws when the shapes differ, there is no axis of features, or the weights do not fit
 * @example
 * featureDistillation([[1, 0]], [[3, 4]]); // (4 + 16) / 2 = 10
 * featureDistillation([[1, 0]], [[3, 4]], { normalize: true }); // 0.16 + 0.64 = 0.8
 * @see Romero et al., "FitNets: Hints for Thin Deep Nets", 2014, https://arxiv.org/abs/1412.6550, section 2.2; normalized: Zagoruyko,
 *   Komodakis, "Paying More Attention to Attention", 2016, https://arxiv.org/abs/1612.03928, section 3.1
 */
export const featureDistillation: Loss<FeatureDistillationOptions> =
  /* @__PURE__ */ createLoss<FeatureDistillationOptions>({
    name: 'featureDistillation',
    prepare: (labels, predictions) => {
      const [t, s] = sameShape('featureDistillation', labels, predictions, 'features');
      if (s.rank < 2) {
        throw new Error(
          `featureDistillation: features have shape [${s.shape}]; give [batch, …] with at least one axis of features`,
        );
      }
      return { labels: [t], predictions: [s], shape: [s.shape[0]!] };
    },
    formula: ([t], [s], { normalize = false }) => {
      const features = s!.shape.slice(1).reduce((product, size) => product * size, 1);
      const [teacher, student] = [t!, s!].map((x) => tf.reshape(x, [x.shape[0]!, features]));
      return normalize
        ? tf.sum(tf.squaredDifference(unitVectors(student!), unitVectors(teacher!)), 1)
        : tf.mean(tf.squaredDifference(student!, teacher!), 1);
    },
    kinds: { normalize: flag },
  });
