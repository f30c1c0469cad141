import { assertOptions, type Kinds } from '@tenfold/checks';
import type { Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { probabilities } from './nan-unless';
import { classesAsOneHot, type Pair, sameClasses, sameShape } from './shapes';
import { broadcastWeights, maskUnweighted, type ReductionOptions, reduce, reductionKinds } from './weighting';

/** A loss function of labels, predictions and options, in this order. */
export type Loss<O extends ReductionOptions = ReductionOptions> = (
  labels: Input,
  predictions: Input,
  options?: O,
) => tf.Tensor;

/** The options of one loss alone, without weights and reduction. */
type Specific<O> = Omit<O, keyof ReductionOptions>;

/** Computes the losses of the examples, before weights and reduction, from float32 tensors whose shapes fit. */
type Formula<O> = (labels: tf.Tensor, predictions: tf.Tensor, options: Specific<O>) => tf.Tensor;

/** A loss per element. Labels, predictions and losses have the same shape. */
export const elementwiseLoss = <O extends ReductionOptions>(
  name: string,
  formula: Formula<O>,
  kinds: Kinds<Specific<O>>,
): Loss<O> => createLoss(name, (y, p) => sameShape(name, y, p), 0, formula, kinds);

/**
 * A loss of distributions over classes: labels and predictions [batch, …, classes], losses [batch, …]. A label outside [0, 1] makes
 * the loss NaN.
 *
 * @param called name of the predictions in errors
 */
export const denseLoss = <O extends ReductionOptions>(
  name: string,
  called: 'logits' | 'probabilities',
  formula: Formula<O>,
  kinds: Kinds<Specific<O>>,
): Loss<O> =>
  createLoss(
    name,
    (y, p) => sameClasses(name, y, p, called),
    1,
    (y, p, options) => formula(probabilities(y), p, options),
    kinds,
  );

/** A loss of class indices [batch, …] and predictions [batch, …, classes]. The formula receives one-hot labels. */
export const sparseLoss = <O extends ReductionOptions>(
  name: string,
  called: 'logits' | 'probabilities',
  formula: Formula<O>,
  kinds: Kinds<Specific<O>>,
): Loss<O> => createLoss(name, (y, p) => classesAsOneHot(name, y, p, called), 1, formula, kinds);

/** @param summed number of trailing axes that the formula sums over */
function createLoss<O extends ReductionOptions>(
  name: string,
  prepare: (labels: Input, predictions: Input) => Pair,
  summed: number,
  formula: Formula<O>,
  kinds: Kinds<Specific<O>>,
): Loss<O> {
  const allKinds = { ...kinds, ...reductionKinds } as unknown as Kinds<O>;
  const loss: Loss<O> = (labels, predictions, options = {} as O) => {
    assertOptions(name, options, allKinds);
    const { weights, reduction = 'mean', ...specific } = options;
    return tf.tidy(() => {
      const [y, p] = prepare(labels, predictions);
      const w = broadcastWeights(name, weights, p.shape.slice(0, p.rank - summed));
      const losses = w
        ? formula(maskUnweighted(y, w), maskUnweighted(p, w), specific)
        : formula(y, p, specific);
      return reduce(losses, w, reduction);
    });
  };
  return Object.defineProperty(loss, 'name', { value: name });
}
