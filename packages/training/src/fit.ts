import type { Model } from '@tenfold/layers';
import { createTrainer, type TrainerOptions } from './create-trainer';
import { type EpochReport, type TrainOptions, train } from './train';

export type FitOptions = TrainerOptions & TrainOptions;

/**
 * Trains a model: the whole loop in one call.
 *
 * @param model whose parameters are changed in place
 * @returns one report for every epoch
 * @throws the signal's reason when it aborts, and a `DivergenceError` when the loss is no longer a finite number
 * @example
 * await fit(model, { data, loss: sparseSoftmaxCrossEntropy, optimizer: adamW(), epochs: 3, metrics: { accuracy } });
 */
export async function fit(model: Model, options: FitOptions): Promise<EpochReport[]> {
  const one = createTrainer(model, options);
  try {
    return await train(one, options);
  } finally {
    one.dispose();
  }
}
