import type { GroupRecipe } from './training-recipe';

/** AdamW for every parameter, with cosine decay after a warmup; weight decay for kernels, not for biases, norms and positions. */
export function adamWGroups({
  peak,
  weightDecay,
  warmupFraction,
  end,
  beta2 = 0.98,
}: {
  peak: number;
  weightDecay: number;
  warmupFraction: number;
  /** The final rate; 0 by default. */
  end?: number;
  beta2?: number;
}): GroupRecipe[] {
  const rule = {
    rule: 'adamW',
    beta1: 0.9,
    beta2,
    learningRate: { schedule: 'cosine', peak, warmupFraction, ...(end === undefined ? {} : { end }) },
  } as const;
  return [
    { match: 'kernel$', ...rule, weightDecay },
    { match: '', ...rule, weightDecay: 0 },
  ];
}
