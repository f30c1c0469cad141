import { assertOptions } from '@tenfold/checks';
import type * as tf from '@tensorflow/tfjs-core';
import { makeTrainer, type TrainedModel, type TrainerOptions, trainerKinds } from './create-trainer';
import type { EpochReport } from './epoch-report';
import { assertModel } from './kinds';
import { runTraining, type TrainOptions, trainKinds } from './train';

export interface FitOptions<X = tf.Tensor, Y = tf.Tensor, O = tf.Tensor>
  extends TrainerOptions<Y, O>,
    Omit<TrainOptions<X, Y, O>, 'resume'> {}

const { resume: _, ...loopKinds } = trainKinds;

/**
 * Trains a model: the complete loop in one call.
 *
 * Every call starts with a new optimizer state, step count and schedule; only the parameters carry over. To train in several parts,
 * create one trainer and call {@link train} for each part.
 *
 * @param model the model; its parameters are updated in place
 * @returns one report per epoch
 * @throws a `TrainingAborted` with the reports so far when the signal aborts; a `DivergenceError` when the loss, a gradient
 *   or a running statistic is not finite, or a parameter at the end of an epoch; an error when data, options or shapes do not fit,
 *   the parameters are never updated, because `accumulate` is larger than the number of steps, or the model is already training. No error leaves a tensor behind.
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
  const { loss, optimizer, regularizer, seed, reduction, clip, accumulate, classWeights, frozen, ...loop } =
    options;
  const parts = { loss, optimizer, regularizer, seed, reduction, clip, accumulate, classWeights, frozen };
  const trainer = makeTrainer('fit', model, parts);
  try {
    return await runTraining('fit', trainer, loop, true);
  } finally {
    trainer.dispose();
  }
}
