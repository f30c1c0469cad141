import { assertOptions, type Kinds } from '@tenfold/checks';
import type { Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { assertApplied } from './assert-applied';
import { type Domain, inRange, predictedProbabilities, probabilities, type Range } from './domain';
import { classesAsOneHot, indicesOrDistributions, type Pair, sameClasses, sameShape } from './shapes';
import { broadcastWeights, maskUnweighted, type ReductionOptions, reduce, reductionKinds } from './weighting';

/** A loss function of labels, predictions and options, in this order. */
export interface Loss<O extends ReductionOptions = ReductionOptions, Y = Input, P = Input> {
  (labels: Y, predictions: P, options?: O): tf.Tensor;
  /** The labels and predictions for which it is defined, with its default options; all finite numbers if it is left out. */
  readonly domain?: Domain;
}

/** The options of one loss alone, without weights and reduction. */
export type Specific<O> = Omit<O, keyof ReductionOptions>;

/** What a formula is given: its options, and how its losses are reduced. */
export type Given<O> = Specific<O> & Required<Pick<ReductionOptions, 'reduction'>>;

/** The losses of the examples, and what each of them counts for in a mean where that is not 1, such as the weight of its class. */
export type Losses = tf.Tensor | { losses: tf.Tensor; shares: tf.Tensor };

/** Computes the losses of the examples, before weights and reduction, from float32 tensors whose shapes fit. */
type Formula<O> = (labels: tf.Tensor, predictions: tf.Tensor, options: Given<O>) => Losses;

/** Labels and predictions as float32 tensors, whose leading axes are those of the losses. */
export interface Prepared {
  labels: tf.Tensor[];
  predictions: tf.Tensor[];
  /** The shape of the losses. */
  shape: number[];
  /** The labels that this call takes, where they depend on its arguments. */
  range?: Range | undefined;
  /** Where an example counts, in the shape of the losses; everywhere if it is left out. */
  counted?: tf.Tensor | undefined;
}

/** What makes a loss. */
export interface Declaration<O extends ReductionOptions, Y = Input, P = Input> {
  name: string;
  /** Converts the arguments and checks their shapes. */
  prepare: (labels: Y, predictions: P, options: Specific<O>) => Prepared;
  /** The losses from what was prepared; weights are undefined where all are 1. */
  formula: (
    labels: tf.Tensor[],
    predictions: tf.Tensor[],
    options: Given<O>,
    weights: tf.Tensor | undefined,
  ) => Losses;
  kinds: Kinds<Specific<O>>;
  domain?: Domain;
}

/** A loss per element. Labels, predictions and losses have the same shape. */
export const elementwiseLoss = <O extends ReductionOptions>(
  name: string,
  formula: Formula<O>,
  kinds: Kinds<Specific<O>>,
  domain: Domain = {},
): Loss<O> => createLoss(ofPair(name, (y, p) => sameShape(name, y, p), 0, formula, kinds, domain));

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
    ofPair(name, (y, p) => sameClasses(name, y, p, called), 1, formula, kinds, {
      labels: probabilities,
      ...predictedDomain(name, called),
    }),
  );

/** The option of losses of class indices. */
export interface IgnoreOptions {
  /**
   * A label, such as −100 for padding, whose examples are ignored as if their weight were 0; an integer. No label is ignored by
   * default, unlike in PyTorch: a wrong label must not pass unnoticed.
   */
  ignoreIndex?: number;
}

/** A loss of class indices [batch, …] and predictions [batch, …, classes]. The formula receives one-hot labels. */
export const sparseLoss = <O extends ReductionOptions & IgnoreOptions>(
  name: string,
  called: 'logits' | 'probabilities' | 'scores',
  formula: Formula<O>,
  kinds: Kinds<Specific<O>>,
): Loss<O> =>
  createLoss({
    name,
    prepare: (labels, predictions, { ignoreIndex }: IgnoreOptions) => {
      const [y, p, counted] = classesAsOneHot(name, labels, predictions, called, ignoreIndex);
      return { labels: [y], predictions: [p], shape: p.shape.slice(0, -1), counted };
    },
    formula: ([y], [p], options) => formula(y!, p!, options),
    kinds,
    domain: predictedDomain(name, called),
  });

/**
 * A loss of classes, whose labels are class indices [batch, …] or distributions [batch, …, classes], and logits
 * [batch, …, classes]. The formula receives one-hot labels or distributions.
 */
export const classLoss = <O extends ReductionOptions>(
  name: string,
  formula: Formula<O>,
  kinds: Kinds<Specific<O>>,
): Loss<O> =>
  createLoss({
    name,
    prepare: (labels, predictions) => {
      const [y, p] = indicesOrDistributions(name, labels, predictions);
      return { labels: [y], predictions: [p], shape: p.shape.slice(0, -1), range: probabilities };
    },
    formula: ([y], [p], options) => formula(y!, p!, options),
    kinds,
  });

const predictedDomain = (name: string, called: 'logits' | 'probabilities' | 'scores'): Domain =>
  called === 'probabilities'
    ? {
        predictions: predictedProbabilities(
          name.replace(/crossEntropy/i, (words) =>
            words[0] === 'C' ? 'SoftmaxCrossEntropy' : 'softmaxCrossEntropy',
          ),
        ),
      }
    : {};

/**
 * A loss of one tensor of labels and one of predictions.
 *
 * @param summed number of trailing axes that the formula sums over
 */
export const ofPair = <O extends ReductionOptions>(
  name: string,
  prepare: (labels: Input, predictions: Input) => Pair,
  summed: number,
  formula: Formula<O>,
  kinds: Kinds<Specific<O>>,
  domain: Domain,
): Declaration<O> => ({
  name,
  prepare: (labels, predictions) => {
    const [y, p] = prepare(labels, predictions);
    return { labels: [y], predictions: [p], shape: p.shape.slice(0, p.rank - summed) };
  },
  formula: ([y], [p], options) => formula(y!, p!, options),
  kinds,
  domain,
});

/** Makes a loss of its declaration: options, weights and reduction are the same for all. */
export function createLoss<O extends ReductionOptions, Y = Input, P = Input>({
  name,
  prepare,
  formula,
  kinds,
  domain = {},
}: Declaration<O, Y, P>): Loss<O, Y, P> {
  const allKinds = { ...kinds, ...reductionKinds } as unknown as Kinds<O>;
  const loss = (...call: [labels: Y, predictions: P, options?: O]): tf.Tensor => {
    assertApplied(name, call, allKinds);
    const [labels, predictions, options = {} as O] = call;
    assertOptions(name, options, allKinds);
    const { weights, reduction = 'mean', ...specific } = options;
    return tf.tidy(() => {
      const {
        labels: given,
        predictions: predicted,
        shape,
        range = domain.labels,
        counted,
      } = prepare(labels, predictions, specific);
      const w = onlyCounted(broadcastWeights(name, weights, shape), counted);
      // Masked first, so that what an example of weight 0 holds is never looked at.
      const mask = (x: tf.Tensor, range: Range | undefined) =>
        inRange(range, w ? maskUnweighted(x, w, range?.inside) : x);
      const result = formula(
        given.map((y) => mask(y, range)),
        predicted.map((p) => mask(p, domain.predictions)),
        { ...specific, reduction },
        w,
      );
      return result instanceof tf.Tensor
        ? reduce(result, w, reduction)
        : reduce(result.losses, w, reduction, result.shares);
    });
  };
  Object.defineProperty(loss, 'name', { value: name });
  return Object.keys(domain).length > 0 ? Object.assign(loss, { domain }) : loss;
}

function onlyCounted(weights: tf.Tensor | undefined, counted: tf.Tensor | undefined): tf.Tensor | undefined {
  if (!counted) return weights;
  const ones = tf.cast(counted, 'float32');
  return weights ? tf.where(counted, weights, tf.zerosLike(weights)) : ones;
}
