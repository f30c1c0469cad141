import { assertOptions, type Kinds } from '@tenfold/checks';
import type { Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { type Domain, inRange, predictedProbabilities, probabilities } from './domain';
import { classesAsOneHot, type Pair, sameClasses, sameShape } from './shapes';
import { broadcastWeights, maskUnweighted, type ReductionOptions, reduce, reductionKinds } from './weighting';

/** A loss function of labels, predictions and options, in this order. */
export interface Loss<O extends ReductionOptions = ReductionOptions> {
  (labels: Input, predictions: Input, options?: O): tf.Tensor;
  /** The labels and predictions for which it is defined, with its default options; all finite numbers if it is left out. */
  readonly domain?: Domain;
}

/** The options of one loss alone, without weights and reduction. */
type Specific<O> = Omit<O, keyof ReductionOptions>;

/** Computes the losses of the examples, before weights and reduction, from float32 tensors whose shapes fit. */
type Formula<O> = (labels: tf.Tensor, predictions: tf.Tensor, options: Specific<O>) => tf.Tensor;

/** A loss per element. Labels, predictions and losses have the same shape. */
export const elementwiseLoss = <O extends ReductionOptions>(
  name: string,
  formula: Formula<O>,
  kinds: Kinds<Specific<O>>,
  domain: Domain = {},
): Loss<O> => createLoss(name, (y, p) => sameShape(name, y, p), 0, formula, kinds, domain);

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
  createLoss(name, (y, p) => sameClasses(name, y, p, called), 1, formula, kinds, {
    labels: probabilities,
    ...predictedDomain(name, called),
  });

/** A loss of class indices [batch, …] and predictions [batch, …, classes]. The formula receives one-hot labels. */
export const sparseLoss = <O extends ReductionOptions>(
  name: string,
  called: 'logits' | 'probabilities',
  formula: Formula<O>,
  kinds: Kinds<Specific<O>>,
): Loss<O> =>
  createLoss(
    name,
    (y, p) => classesAsOneHot(name, y, p, called),
    1,
    formula,
    kinds,
    predictedDomain(name, called),
  );

const predictedDomain = (name: string, called: 'logits' | 'probabilities'): Domain =>
  called === 'logits'
    ? {}
    : {
        predictions: predictedProbabilities(
          name.replace(/crossEntropy/i, (words) =>
            words[0] === 'C' ? 'SoftmaxCrossEntropy' : 'softmaxCrossEntropy',
          ),
        ),
      };

/** @param summed number of trailing axes that the formula sums over */
function createLoss<O extends ReductionOptions>(
  name: string,
  prepare: (labels: Input, predictions: Input) => Pair,
  summed: number,
  formula: Formula<O>,
  kinds: Kinds<Specific<O>>,
  domain: Domain,
): Loss<O> {
  const allKinds = { ...kinds, ...reductionKinds } as unknown as Kinds<O>;
  const loss = (labels: Input, predictions: Input, options: O = {} as O): tf.Tensor => {
    assertOptions(name, options, allKinds);
    const { weights, reduction = 'mean', ...specific } = options;
    return tf.tidy(() => {
      const [y, p] = prepare(labels, predictions);
      const w = broadcastWeights(name, weights, p.shape.slice(0, p.rank - summed));
      const [given, predicted] = w ? [maskUnweighted(y, w), maskUnweighted(p, w)] : [y, p];
      const losses = formula(inRange(domain.labels, given), inRange(domain.predictions, predicted), specific);
      return reduce(losses, w, reduction);
    });
  };
  Object.defineProperty(loss, 'name', { value: name });
  return Object.keys(domain).length > 0 ? Object.assign(loss, { domain }) : loss;
}
