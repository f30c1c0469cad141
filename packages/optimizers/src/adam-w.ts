import { assertOptions } from '@tenfold/checks';
import { type AdamOptions, adamKinds, adamRule } from './adam';
import type { Optimizer } from './optimizer';

export interface AdamWOptions extends AdamOptions {
  /** λ ≥ 0, the weight decay; 0.01 by default. */
  weightDecay?: number | undefined;
}

/**
 * AdamW: Adam with decoupled weight decay, which the adaptive denominator does not rescale.
 *
 * θ ← θ − η·(m̂/(√v̂ + ε) + λ·θ), m̂ and v̂ as in Adam
 *
 * Without amsgrad, it runs the kernel `AdamWList`, or `AdamW` for each parameter, where the backend has it.
 *
 * @returns an optimizer with the slots `mean` and `square`, and `largest` with amsgrad
 * @throws when an option is unknown or out of range; `init` throws when `only` matches no parameter
 * @example
 * const optimizer = adamW({ learningRate: 1e-3, weightDecay: 0.05, only: /kernel$/ });
 * @see Loshchilov, Hutter, "Decoupled Weight Decay Regularization", 2017, https://arxiv.org/abs/1711.05101, algorithm 2
 */
export function adamW(options: AdamWOptions = {}): Optimizer {
  assertOptions('adamW', options, adamKinds);
  const { weightDecay = 0.01, ...rest } = options;
  return adamRule('adamW', { ...rest, weightDecay }, true);
}
