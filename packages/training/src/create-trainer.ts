import {
  assertOptions,
  count,
  func,
  type Kinds,
  listOf,
  match,
  nonNegative,
  object,
  oneOf,
  required,
  seed as seedKind,
  show,
} from '@tenfold/checks';
import type { Context, Model } from '@tenfold/layers';
import type { Optimizer, OptimizerState } from '@tenfold/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import { assertAligned } from './assert-aligned';
import type { Batch } from './batch';
import { explainDivergence } from './explain-divergence';
import { assertModel, assertOptionCalled, callOption, lossKind, optimizerKind } from './kinds';
import { accumulateGradients } from './options/accumulate-gradients';
import { weightClasses } from './options/class-weights';
import { type ClipOptions, clipGradients } from './options/clip';
import { type Frozen, withoutFrozen } from './options/frozen';
import { checkBatch } from './sources/check-batch';
import { createStepper } from './stepper';

/** A loss function: labels first, then predictions. */
export type Loss<Y = tf.Tensor, O = tf.Tensor> = (labels: Y, predictions: O) => tf.Tensor;

/** A model whose input and output are each a tensor or several. */
export type TrainedModel<X = tf.Tensor, O = tf.Tensor> = Omit<Model, 'layer' | 'apply' | 'predict'> & {
  apply(input: X, context: Context): O;
  predict(input: X): O;
};

export interface TrainerOptions<Y = tf.Tensor, O = tf.Tensor> {
  /** A function from labels and predictions to a scalar, such as one of `@tenfold/losses`. */
  loss: Loss<Y, O>;
  /** The optimizer, such as one of `@tenfold/optimizers`. */
  optimizer: Optimizer;
  /** A penalty on the trainable parameters that is added to the loss, such as `l2({ rate: 1e-4 })`. */
  regularizer?: (params: tf.NamedTensorMap) => tf.Scalar;
  /** Seed of dropout and other random numbers of a step; 0 by default. */
  seed?: number;
  /**
   * Whether the loss is the mean or the sum over the examples of a batch, 'mean' by default. Reports show the mean per example
   * either way.
   */
  reduction?: 'mean' | 'sum';
  /**
   * The largest gradients: `{ value }` of an element, `{ norm }` of each gradient, `{ globalNorm }` of all together. Larger ones are
   * clipped, in this order if several are given.
   */
  clip?: ClipOptions;
  /**
   * The number of steps after which the parameters are updated, with the mean of their gradients; 1 by default. Schedules of the
   * optimizer count the updates. `sam` and `lbfgs`, which compute gradients at other points, are refused. Steps at the end that do not complete an update change nothing; `fit` refuses a training without any
   * update.
   */
  accumulate?: number;
  /**
   * A weight ≥ 0 for each class, by which the loss weights the examples; it must take the option `weights`, as those of
   * `@tenfold/losses` do. Reports weight the batches of the training loss by them; the validation loss is not weighted.
   */
  classWeights?: readonly number[];
  /**
   * The parameters that are not trained, by a regular expression on their names or a function of name and parameter. Statistics of
   * batch normalization are updated nevertheless; `freeze` of `@tenfold/layers` keeps them too.
   */
  frozen?: Frozen;
}

/** Result of a step; the caller disposes both. */
export interface StepResult<O = tf.Tensor> {
  /** The loss of the batch before the update, including the penalty. */
  loss: tf.Scalar;
  /** The predictions for the batch before the update. */
  predictions: O;
}

/** A model with its loss and optimizer, which takes training steps. */
export interface Trainer<X = tf.Tensor, Y = tf.Tensor, O = tf.Tensor> {
  /** The model. */
  readonly model: TrainedModel<X, O>;
  /** The loss function. */
  readonly loss: Loss<Y, O>;
  /** Whether the loss is the mean or the sum over the examples of a batch; 'mean' by default. */
  readonly reduction?: 'mean' | 'sum';
  /** The weights of the classes, if the loss weights the examples by them. */
  readonly classWeights?: readonly number[] | undefined;
  /** The number of steps after which the parameters are updated, also by an optimizer that accumulates; 1 by default. */
  readonly accumulate?: number;
  /** Computes the penalty of the regularizer, if there is one, on the current parameters. */
  readonly penalty?: (() => tf.Scalar) | undefined;
  /** The number of steps taken. */
  readonly stepCount: number;
  /** The optimizer state. */
  readonly state: OptimizerState;
  /** The numbers that the slots of the state can have, from the optimizer. */
  readonly ranges?: Optimizer['ranges'];
  /**
   * Takes one step: a forward pass, a backward pass and an update. It does not dispose the batch.
   *
   * A step is atomic: after an error, parameters, running statistics and optimizer state are the same as before, bit for bit.
   *
   * The updates are not checked: reading every parameter once more, 4 bytes each, would take more than 1 % of a step where each
   * weight is used once for an example, as in a dense network. A parameter whose update overflows float32, as with a learning rate of
   * 1e38, is infinite after the step, and the next step throws. `fit` and `train` check all parameters at the end of each epoch.
   *
   * @throws a `DivergenceError` when the loss, a gradient or a running statistic is not finite. On a GPU, where a step does not
   *   wait for values, it returns a loss of NaN instead, and only `stepCount` has changed. An error when the batch does not fit, the
   *   loss depends on the trainable parameters not at all or only through piecewise constant functions such as argMax, round or sign,
   *   or the trainer or the model is disposed. Gradients that are zero for another reason, such as a ReLU of negative numbers, are no
   *   error, because those of a minimum are zero too.
   */
  step(batch: Batch<X, Y>): StepResult<O>;
  /**
   * Continues from the given step count and state, and takes ownership of the state. Parameters without state get a new one when
   * they are next trained.
   *
   * @throws when the count is not an integer of at least 0, the state does not have the optimizer's slots in the parameters' shapes,
   *   or a number is NaN or one that its slot cannot have, such as a negative mean of squares; nothing has changed then. On a GPU, the
   *   numbers are not read; `loadCheckpoint` reads those of a file on every backend.
   */
  restore(stepCount: number, state: OptimizerState): void;
  /** Disposes the optimizer state, but not the model. Only `stepCount` can be used afterwards. */
  dispose(): void;
}

export const trainerKinds: Kinds<TrainerOptions> = {
  loss: required(lossKind),
  optimizer: required(optimizerKind),
  regularizer: { ...func, expected: 'a function such as l2({ rate: 1e-4 })' },
  seed: seedKind,
  reduction: oneOf('mean', 'sum'),
  clip: { ...object, expected: 'a plain object such as { globalNorm: 1 }' },
  accumulate: count,
  classWeights: listOf(nonNegative),
  frozen: match,
};

/**
 * Combines a model, a loss and an optimizer for your own training loop. `fit` is the complete loop.
 *
 * Parameters may be frozen and unfrozen between steps (`model.parameters()[NAME].trainable`). A parameter gets its optimizer state
 * when it is first trained. Steps may be taken within `tf.tidy`.
 *
 * @param model the model; its parameters are updated in place
 * @throws when an option is unknown or of the wrong kind, or the model is disposed
 * @example
 * const trainer = createTrainer(model, { loss: meanSquaredError, optimizer: sgd({ learningRate: 0.1 }) });
 * const { loss, predictions } = trainer.step({ xs, ys });
 * tf.dispose([loss, predictions]);
 */
export function createTrainer<X = tf.Tensor, Y = tf.Tensor, O = tf.Tensor>(
  model: TrainedModel<X, O>,
  options: TrainerOptions<Y, O>,
): Trainer<X, Y, O> {
  assertModel('createTrainer', model);
  assertOptions<TrainerOptions>('createTrainer', options as unknown as TrainerOptions, trainerKinds);
  return makeTrainer('createTrainer', model, options);
}

/** Makes a trainer of checked options. */
export function makeTrainer<X, Y, O>(
  name: string,
  model: TrainedModel<X, O>,
  options: TrainerOptions<Y, O>,
): Trainer<X, Y, O> {
  const {
    loss,
    regularizer,
    seed = 0,
    reduction = 'mean',
    clip,
    accumulate = 1,
    classWeights,
    frozen,
  } = options;
  const clipped = clip ? clipGradients(name, options.optimizer, clip) : options.optimizer;
  const trainable = frozen ? withoutFrozen(name, model, frozen) : () => model.trainable();
  const optimizer = accumulate > 1 ? accumulateGradients(clipped, accumulate, trainable) : clipped;
  const weighted = classWeights ? weightClasses(name, loss, classWeights) : loss;
  const stepped = {
    parameters: () => model.parameters(),
    trainable,
    explainNone: () =>
      frozen && Object.keys(model.trainable()).length > 0
        ? `frozen is ${show(frozen)}, which matches all that could be trained; give one that leaves some`
        : undefined,
  };
  if (regularizer) assertOptionCalled(name, 'regularizer', regularizer);
  const penalty =
    regularizer &&
    (() => {
      const value: unknown = callOption(name, 'regularizer', regularizer, trainable());
      if (value instanceof tf.Tensor && value.rank === 0) return value as tf.Scalar;
      throw new Error(
        `${name}: the regularizer returned ${show(value)}; return a scalar tensor, computed from the parameters`,
      );
    });
  const disposed = 'the trainer is disposed; create a new one with createTrainer';
  const stepper = createStepper(name, stepped, optimizer, disposed);
  return {
    model,
    loss,
    reduction,
    classWeights,
    accumulate: optimizer.stepsPerUpdate ?? 1,
    penalty,
    ranges: optimizer.ranges,
    get stepCount() {
      return stepper.stepCount;
    },
    get state() {
      return stepper.state;
    },
    step(batch) {
      assertModel('step', model);
      checkBatch('step', 'the batch', batch);
      const { xs, ys } = batch;
      const forward = (context: Context) => {
        const predictions = model.apply(xs, context);
        const data = weighted(ys, predictions);
        assertAligned(ys, predictions);
        const isTensor = (data as unknown) instanceof tf.Tensor;
        if (!penalty || !isTensor) return { loss: data, outputs: predictions };
        const penalized = tf.add(data, penalty());
        return { loss: penalized, dataLoss: data, outputs: predictions };
      };
      const result = stepper.step(forward, seed, (predictions, value) =>
        explainDivergence({ batch, predictions, loss: value, by: loss, penalty: penalty?.(), classWeights }),
      );
      return { loss: result.loss as tf.Scalar, predictions: result.outputs };
    },
    restore: stepper.restore,
    dispose: stepper.dispose,
  };
}
