import { assertOptions } from '@tenfold/checks';
import type * as tf from '@tensorflow/tfjs-core';
import { createTrainer, type TrainedModel, type TrainerOptions, trainerKinds } from './create-trainer';
import type { EpochReport } from './epoch-report';
import { assertModel } from './kinds';
import { runTraining, type TrainOptions, trainKinds } from './train';

export interface FitOptions<X = tf.Tensor, Y = tf.Tensor, O = tf.Tensor>
  extends TrainerOptions<Y, O>,
    Omit<TrainOptions<X, Y, O>, 'resume'> {}

const { resume: _, ...loopKinds } = trainKinds;

/**
 * Trains a model: the whole loop in one call.
 *
 * Every call starts anew with the optimizer's state, the step count, and the schedule that goes by it; only the model's
 * parameters go on. To train in several parts, make a trainer once and call {@link train} for each.
 *
 * @param model whose parameters are changed in place
 * @returns one report for every epoch
 * @throws a `TrainingAborted` with the reports so far when the signal aborts; a `DivergenceError` when loss or gradients
 *   are no longer finite; on data, options or shapes that do not fit. Whatever fails, no tensor is left behind
 * @example
 * await fit(model, { data, loss: sparseSoftmaxCrossEntropy, optimizer: adamW(), epochs: 3, metrics: { accuracy } });
 * await fit(model, { data: { xs, ys, batchSize: 64 }, loss: meanSquaredError, optimizer: adam(), epochs: 10 });
 */
export async function fit<X = tf.Tensor, Y = tf.Tensor, O = tf.Tensor>(
  model: TrainedModel<X, O>,
  options: FitOptions<X, Y, O>,
): Promise<EpochReport[]> {
  assertModel('fit', model);
  assertOptions<FitOptions>('fit', options as unknown as FitOptions, { ...trainerKinds, ...loopKinds });
  const { loss, optimizer, regularizer, seed, reduction, ...loop } = options;
  const trainer = createTrainer(model, { loss, optimizer, regularizer, seed, reduction });
  try {
    return await runTraining('fit', trainer, loop);
  } finally {
    trainer.dispose();
  }
}
