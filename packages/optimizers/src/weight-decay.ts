import { match, nonNegative, show } from '@tenfold/checks';
import type * as tf from '@tensorflow/tfjs-core';
import { type Match, matches } from './match';

export interface WeightDecayOptions {
  /** λ ≥ 0, how fast weights shrink; 0 by default. */
  weightDecay?: number | undefined;
  /** Which parameters shrink; all by default. /kernel$/ leaves out biases and norms. */
  only?: Match | undefined;
}

export const weightDecayKinds = { weightDecay: nonNegative, only: match };

/** The weight decay of one parameter. */
export const weightDecayOf = (
  { weightDecay = 0, only }: WeightDecayOptions,
  name: string,
  parameter: tf.Tensor,
): number => (!only || matches(only, name, parameter) ? weightDecay : 0);

/** Fails when `only` matches none of the parameters: a misspelled expression would switch the decay off without a word. */
export function assertOnlyMatches(
  optimizer: string,
  { weightDecay = 0, only }: WeightDecayOptions,
  params: tf.NamedTensorMap,
): void {
  const entries = Object.entries(params);
  if (!only || weightDecay === 0 || entries.length === 0) return;
  if (entries.some(([name, parameter]) => matches(only, name, parameter))) return;
  const names = entries.map(([name]) => name);
  const list = `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
  throw new Error(
    `${optimizer}: only is ${show(only)}, which matches none of the parameters ${list}; give one that matches, or leave out weightDecay`,
  );
}
