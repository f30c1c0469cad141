import { integer } from '@tenfold/checks';
import { type IgnoreOptions, type Loss, sparseLoss } from '../loss';
import { type CrossEntropyOptions, crossEntropyKinds, crossEntropyOfExamples } from './cross-entropy';

export interface SparseCrossEntropyOptions extends CrossEntropyOptions, IgnoreOptions {}

/**
 * Cross-entropy of class indices and predicted probabilities.
 *
 * l = −log max(p_c, ε) for the class c
 *
 * @param labels c: [batch, …], integers from 0 to classes − 1; for any other value the loss is NaN
 * @param probabilities p: [batch, …, classes], values in [0, 1]; for other values, such as logits, the loss is NaN
 * @returns a scalar, or [batch, …] for the reduction 'none'; in nats, ≥ 0
 * @throws when the shapes do not fit, there are fewer than two classes, labels in an array are not class indices,
 *   epsilon is outside (0, 1), or the weights do not fit
 * @example
 * sparseCrossEntropy([1], [[0.25, 0.75]]); // 0.2877
 * @see crossEntropy
 */
export const sparseCrossEntropy: Loss<SparseCrossEntropyOptions> =
  /* @__PURE__ */ sparseLoss<SparseCrossEntropyOptions>(
    'sparseCrossEntropy',
    'probabilities',
    (y, p, options) => crossEntropyOfExamples('sparseCrossEntropy', y, p, options),
    { ...crossEntropyKinds, ignoreIndex: integer },
  );
