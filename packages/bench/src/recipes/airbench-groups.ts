import type { GroupRecipe, ScheduleRecipe } from './training-recipe';

const toZero = (from: number): ScheduleRecipe => ({ schedule: 'linear', from, to: 0 });

/**
 * The optimizers of airbench94_muon: Muon for the convolutions; SGD for the head, biases and shifts, at rates that are large
 * because the loss is a mean instead of a sum. Every rate decays linearly to 0.
 *
 * @param batchSize the decay per step is 2e-6 of a bias per image, as in the source
 * @param whitenEpochs epochs after which the bias of the whitening layer is frozen
 * @see Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", 2024, https://arxiv.org/abs/2404.00498
 */
export function airbenchGroups({
  batchSize,
  filters,
  head,
  biases,
  whitenEpochs,
}: {
  batchSize: number;
  filters: number;
  head: number;
  biases: number;
  whitenEpochs?: number;
}): GroupRecipe[] {
  const sgd = { rule: 'sgd', momentum: 0.85, nesterov: true } as const;
  const bias = { ...sgd, learningRate: toZero(biases), weightDecay: (2e-6 * batchSize) / biases };
  return [
    {
      match: 'conv[12]\\.kernel$',
      rule: 'muon',
      learningRate: toZero(filters),
      momentum: 0.6,
      newtonSchulzSteps: 3,
      normalizeWeights: true,
      weightDecay: 0,
    },
    { match: 'head\\.kernel$', ...sgd, learningRate: toZero(head), weightDecay: 1.5e-3 },
    ...(whitenEpochs === undefined
      ? []
      : [{ match: '^whiten\\.bias$', ...bias, trainedEpochs: whitenEpochs }]),
    { match: '(bias|beta)$', ...bias },
  ];
}
