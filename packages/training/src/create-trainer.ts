import type { Model } from '@tenfold/layers';
import { applyUpdates, type Optimizer, type OptimizerState } from '@tenfold/optimizers';
import { createRng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from './batches';

/** The loss of a batch: labels first. */
export type Loss = (labels: tf.Tensor, predictions: tf.Tensor) => tf.Tensor;

export interface TrainerOptions {
  loss: Loss;
  optimizer: Optimizer;
  /** Added to the loss; a function of the trainable parameters such as `l2({ rate: 1e-4 })`. */
  regularizer?: (params: tf.NamedTensorMap) => tf.Scalar;
  /** Of dropout and all else that draws numbers in a step; 0 by default. */
  seed?: number;
}

/** What a step leaves; whoever took the step disposes both. */
export interface StepResult {
  /** Of the batch before the step, with the penalty. */
  loss: tf.Scalar;
  predictions: tf.Tensor;
}

/** A model with its optimizer, one step after another. */
export interface Trainer {
  readonly model: Model;
  readonly loss: Loss;
  /** How many steps have been taken. */
  readonly stepCount: number;
  /** What the optimizer remembers. */
  readonly state: OptimizerState;
  /** One forward pass, one backward pass, one update. The batch is not disposed. */
  step(batch: Batch): StepResult;
  /** Goes on from another trainer's step and state, of which this one becomes the owner. */
  restore(stepCount: number, state: OptimizerState): void;
  /** Disposes the optimizer's state; the model is its creator's. */
  dispose(): void;
}

/**
 * Joins a model, a loss and an optimizer: the parts of a training loop that is your own. `fit` is the whole loop.
 *
 * @example
 * const trainer = createTrainer(model, { loss: meanSquaredError, optimizer: sgd({ learningRate: 0.1 }) });
 * const { loss, predictions } = trainer.step({ xs, ys });
 * tf.dispose([loss, predictions]);
 */
export function createTrainer(
  model: Model,
  { loss, optimizer, regularizer, seed = 0 }: TrainerOptions,
): Trainer {
  const rng = createRng(seed).fork('step');
  let stepCount = 0;
  let state = optimizer.init(model.trainable());

  return {
    model,
    loss,
    get stepCount() {
      return stepCount;
    },
    get state() {
      return state;
    },
    step({ xs, ys }) {
      const params = model.trainable();
      const context = { training: true, rng: rng.fork(stepCount) };
      let predictions: tf.Tensor | undefined;
      const made: tf.TensorContainer[] = [];
      const forward = () => {
        predictions = tf.keep(model.apply(xs, context));
        const data = loss(ys, predictions);
        if (data.rank !== 0) {
          throw new Error(
            `createTrainer: the loss has shape [${data.shape}]; give a loss that is a scalar, reduction 'mean' or 'sum'`,
          );
        }
        return (regularizer ? tf.add(data, regularizer(params)) : data) as tf.Scalar;
      };
      try {
        const { value, grads } = gradients(params, forward);
        made.push(value, grads);
        const result = optimizer.update(grads, state, { params, step: stepCount });
        made.push(result as unknown as tf.TensorContainer);
        applyUpdates(params, result.updates);
        disposeState(state);
        tf.dispose(grads);
        state = result.state;
        stepCount++;
        return { loss: value, predictions: predictions! };
      } catch (error) {
        tf.dispose([predictions, made] as tf.TensorContainer);
        disposeTape();
        throw error;
      }
    },
    restore(newStepCount, newState) {
      disposeState(state);
      stepCount = newStepCount;
      state = newState;
    },
    dispose() {
      disposeState(state);
      state = {};
    },
  };
}

// tfjs names gradients after its own names of the variables; here they get the names of the parameters.
function gradients(
  params: { [name: string]: tf.Variable },
  f: () => tf.Scalar,
): { value: tf.Scalar; grads: tf.NamedTensorMap } {
  // In a scope, or the loss would be left behind when the backward pass throws.
  const { value, grads } = tf.tidy(() => tf.variableGrads(f, Object.values(params)));
  const named: tf.NamedTensorMap = {};
  for (const [name, variable] of Object.entries(params)) {
    const gradient = grads[variable.name];
    if (gradient) named[name] = gradient;
  }
  return { value, grads: named };
}

/** What operations saved for their gradients, which tfjs keeps for ever when an error cuts the backward pass short. */
function disposeTape(): void {
  const { state } = tf.engine();
  if (state.gradientDepth > 0 || !state.activeTape) return; // within a gradient that is still to be taken
  for (const { saved } of state.activeTape) tf.dispose(saved);
  state.activeTape = [];
}

function disposeState(state: OptimizerState): void {
  for (const tensors of Object.values(state)) tf.dispose(tensors);
}
