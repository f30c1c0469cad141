import { assertNotNegative } from './checks';

export interface WeightDecayOptions {
  /** λ ≥ 0, how fast weights shrink; 0 by default. */
  weightDecay?: number;
  /** Which parameters shrink, by name; all by default. /kernel$/ leaves out biases and norms. */
  only?: RegExp;
}

/** The weight decay of a parameter by its name. */
export function weightDecayOf(
  name: string,
  { weightDecay = 0, only }: WeightDecayOptions,
): (parameterName: string) => number {
  assertNotNegative(name, { weightDecay });
  // search ignores lastIndex, so /g is harmless
  return (parameterName) => (!only || parameterName.search(only) >= 0 ? weightDecay : 0);
}
