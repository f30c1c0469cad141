import { assertOptions, type Kinds } from '@tenfold/checks';
import type { Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { classesAsOneHot, type Pair, sameClasses, sameShape } from './shapes';
import { maskUnweighted, type ReductionOptions, reduce, reductionKinds, weightsOf } from './weighting';

/** A loss: labels first, then predictions, then options. */
export type Loss<O extends ReductionOptions = ReductionOptions> = (
  labels: Input,
  predictions: Input,
  options?: O,
) => tf.Tensor;

/** The options of a loss that are its own. */
type Own<O> = Omit<O, keyof ReductionOptions>;

/** The losses of the examples, before weights and reduction, from float32 tensors whose shapes fit. */
type Formula<O> = (labels: tf.Tensor, predictions: tf.Tensor, options: Own<O>) => tf.Tensor;

/** A loss of every element: labels and predictions of one shape, which is that of the losses. */
export const elementwiseLoss = <O extends ReductionOptions>(
  name: string,
  formula: Formula<O>,
  kinds: Kinds<Own<O>>,
): Loss<O> => lossOf(name, (y, p) => sameShape(name, y, p), 0, formula, kinds);

/**
 * A loss of distributions over classes: labels and predictions [batch, …, classes], losses [batch, …].
 *
 * @param called what the predictions are
 */
export const denseLoss = <O extends ReductionOptions>(
  name: string,
  called: 'logits' | 'probabilities',
  formula: Formula<O>,
  kinds: Kinds<Own<O>>,
): Loss<O> => lossOf(name, (y, p) => sameClasses(name, y, p, called), 1, formula, kinds);

/** A loss of class indices [batch, …] and predictions [batch, …, classes]; the formula sees labels of one class each. */
export const sparseLoss = <O extends ReductionOptions>(
  name: string,
  called: 'logits' | 'probabilities',
  formula: Formula<O>,
  kinds: Kinds<Own<O>>,
): Loss<O> => lossOf(name, (y, p) => classesAsOneHot(name, y, p, called), 1, formula, kinds);

/** @param summed how many of the last axes the formula sums over */
function lossOf<O extends ReductionOptions>(
  name: string,
  prepare: (labels: Input, predictions: Input) => Pair,
  summed: number,
  formula: Formula<O>,
  kinds: Kinds<Own<O>>,
): Loss<O> {
  const all = { ...kinds, ...reductionKinds } as unknown as Kinds<O>;
  const loss: Loss<O> = (labels, predictions, options = {} as O) => {
    assertOptions(name, options, all);
    const { weights, reduction = 'mean', ...own } = options;
    return tf.tidy(() => {
      const [y, p] = prepare(labels, predictions);
      const w = weightsOf(name, weights, p.shape.slice(0, p.rank - summed));
      const losses = w ? formula(maskUnweighted(y, w), maskUnweighted(p, w), own) : formula(y, p, own);
      return reduce(losses, w, reduction);
    });
  };
  return Object.defineProperty(loss, 'name', { value: name });
}
