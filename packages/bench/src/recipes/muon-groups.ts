import type { GroupRecipe, ScheduleRecipe } from './training-recipe';

/**
 * Muon for the inner matrices of a network and AdamW without weight decay for everything else: biases, norms, positions,
 * first and last layer. After a warmup, every rate decays linearly to 0.
 *
 * @param matrices regular expression for the names of their kernels
 * @see Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024, https://kellerjordan.github.io/posts/muon/
 */
export function muonGroups({
  matrices,
  muon,
  adamW,
  weightDecay = 0.01,
  warmupFraction = 0.1,
}: {
  matrices: string;
  muon: number;
  adamW: number;
  weightDecay?: number;
  warmupFraction?: number;
}): GroupRecipe[] {
  const toZero = (from: number): ScheduleRecipe => ({ schedule: 'linear', from, to: 0, warmupFraction });
  return [
    {
      match: matrices,
      rule: 'muon',
      learningRate: toZero(muon),
      momentum: 0.9,
      newtonSchulzSteps: 5,
      normalizeWeights: false,
      scale: 'aspect',
      weightDecay,
    },
    { match: '', rule: 'adamW', learningRate: toZero(adamW), beta1: 0.9, beta2: 0.98, weightDecay: 0 },
  ];
}
