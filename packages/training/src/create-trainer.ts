import { assertOptions, func, type Kinds, oneOf, required, seed as seedKind } from '@tenfold/checks';
import type { Context, Model } from '@tenfold/layers';
import type { Optimizer, OptimizerState } from '@tenfold/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from './batch';
import { explainDivergence } from './explain-divergence';
import { assertModel, lossKind, optimizerKind } from './kinds';
import { checkBatch } from './sources/check-batch';
import { createStepper } from './stepper';

/** The loss of a batch: labels first. */
export type Loss<Y = tf.Tensor, O = tf.Tensor> = (labels: Y, predictions: O) => tf.Tensor;

/** A model whose input and output are tensors, or several of them. */
export type TrainedModel<X = tf.Tensor, O = tf.Tensor> = Omit<Model, 'apply' | 'predict'> & {
  apply(input: X, context: Context): O;
  predict(input: X): O;
};

export interface TrainerOptions<Y = tf.Tensor, O = tf.Tensor> {
  /** Gives a scalar for labels and predictions, such as a function of `@tenfold/losses`. */
  loss: Loss<Y, O>;
  /** How parameters follow their gradients: one of `@tenfold/optimizers`. */
  optimizer: Optimizer;
  /** Added to the loss; a function of the trainable parameters such as `l2({ rate: 1e-4 })`. */
  regularizer?: (params: tf.NamedTensorMap) => tf.Scalar;
  /** Seed of dropout and all else that draws numbers in a step; 0 by default. */
  seed?: number;
  /**
   * How the loss joins the examples of a batch, 'mean' by default. A loss that is a 'sum' is trained as it is and
   * reported by the example.
   */
  reduction?: 'mean' | 'sum';
}

/** Result of a step; the caller disposes both. */
export interface StepResult<O = tf.Tensor> {
  /** Of the batch before the step, with the penalty. */
  loss: tf.Scalar;
  /** Of the batch before the step. */
  predictions: O;
}

/** A model with its optimizer, one step after another. */
export interface Trainer<X = tf.Tensor, Y = tf.Tensor, O = tf.Tensor> {
  /** The model that is trained. */
  readonly model: TrainedModel<X, O>;
  /** The loss of a batch. */
  readonly loss: Loss<Y, O>;
  /** How the loss joins the examples of a batch; 'mean' where it is not given. */
  readonly reduction?: 'mean' | 'sum';
  /** How many steps have been taken. */
  readonly stepCount: number;
  /** Optimizer state. */
  readonly state: OptimizerState;
  /**
   * One forward pass, one backward pass, one update. The batch is not disposed.
   *
   * A step is taken as a whole or not at all: after an error, parameters, running statistics and optimizer state are what
   * they were before it, bit for bit.
   *
   * @throws a `DivergenceError` when the loss or a gradient is not finite. On a GPU, where a step does not wait for
   *   values, the loss that it returns is NaN then, and nothing but `stepCount` has changed.
   */
  step(batch: Batch<X, Y>): StepResult<O>;
  /** Continues from another trainer's step count and state, and becomes the owner of that state. */
  restore(stepCount: number, state: OptimizerState): void;
  /** Disposes the optimizer's state; the model is its creator's. */
  dispose(): void;
}

export const trainerKinds: Kinds<TrainerOptions> = {
  loss: required(lossKind),
  optimizer: required(optimizerKind),
  regularizer: func,
  seed: seedKind,
  reduction: oneOf('mean', 'sum'),
};

/**
 * Joins a model, a loss and an optimizer: the parts of a training loop of your own. `fit` is the whole loop.
 *
 * Parameters may be frozen and unfrozen between two steps (`model.parameters()[NAME].trainable`); one that is trained
 * for the first time gets its optimizer state then. Steps may be taken within `tf.tidy`.
 *
 * @param model whose parameters are changed in place
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
  const { loss, optimizer, regularizer, seed = 0, reduction = 'mean' } = options;
  const stepper = createStepper('createTrainer', model, optimizer, seed);
  return {
    model,
    loss,
    reduction,
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
        const data = loss(ys, predictions);
        const isTensor = (data as unknown) instanceof tf.Tensor;
        const penalized = regularizer && isTensor ? tf.add(data, regularizer(model.trainable())) : data;
        return { loss: penalized, outputs: predictions };
      };
      const result = stepper.step(forward, (predictions) => explainDivergence(batch, predictions));
      return { loss: result.loss as tf.Scalar, predictions: result.outputs };
    },
    restore: stepper.restore,
    dispose: stepper.dispose,
  };
}
