import { type AdamOptions, adaptive } from './adam';
import type { Optimizer } from './optimizer';
import { weightDecayOf } from './weight-decay';

export interface AdamWOptions extends AdamOptions {
  /** λ ≥ 0, how fast weights shrink; 0.01 by default. */
  weightDecay?: number;
  /** Which parameters shrink, by name; all by default. /kernel$/ leaves out biases and norms. */
  only?: RegExp;
}

/**
 * AdamW: Adam with weight decay that the adaptive denominator does not rescale.
 *
 * θ ← θ − η·(m̂/(√v̂ + ε) + λ·θ), m̂ and v̂ as in Adam
 *
 * Runs the kernel `AdamWList`, or `AdamW` for each parameter, where the backend has it.
 *
 * @throws when a number is out of its range
 * @example
 * const optimizer = adamW({ learningRate: 1e-3, weightDecay: 0.05, only: /kernel$/ });
 * @see Loshchilov, Hutter, "Decoupled Weight Decay Regularization", 2017, https://arxiv.org/abs/1711.05101, algorithm 2
 */
export function adamW({ weightDecay = 0.01, only, ...options }: AdamWOptions = {}): Optimizer {
  return adaptive('adamW', options, weightDecayOf('adamW', { weightDecay, only }));
}
