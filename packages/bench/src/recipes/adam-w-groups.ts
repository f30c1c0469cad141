import type { GroupRecipe } from './recipe';

/** AdamW for every parameter, half a cosine after a warm-up: decay for kernels, none for biases, norms and positions. */
export function adamWGroups({
  peak,
  weightDecay,
  warmupFraction,
}: {
  peak: number;
  weightDecay: number;
  warmupFraction: number;
}): GroupRecipe[] {
  const rule = {
    rule: 'adamW',
    beta1: 0.9,
    beta2: 0.98,
    learningRate: { schedule: 'cosine', peak, warmupFraction },
  } as const;
  return [
    { match: 'kernel$', ...rule, weightDecay },
    { match: '', ...rule, weightDecay: 0 },
  ];
}
