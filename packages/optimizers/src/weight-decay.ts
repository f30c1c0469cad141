import { match, matches, type Match as NameMatch, nonNegative, show } from '@tenfold/checks';
import type * as tf from '@tensorflow/tfjs-core';

/** Which parameters: a regular expression on their names, or a function of name and parameter, such as (name, p) => p.rank >= 2. */
export type Match = NameMatch<tf.Tensor>;

export interface WeightDecayOptions {
  /** λ ≥ 0, the weight decay; 0 by default. */
  weightDecay?: number | undefined;
  /** The parameters that decay, all by default. /kernel$/ excludes biases and norms. */
  only?: Match | undefined;
}

export const weightDecayKinds = { weightDecay: nonNegative, only: match };

/** The weight decay of one parameter. */
export const findWeightDecay = (
  { weightDecay = 0, only }: WeightDecayOptions,
  name: string,
  parameter: tf.Tensor,
): number => (!only || matches(only, name, parameter) ? weightDecay : 0);

/** Throws when `only` matches no parameter: a misspelled expression would silently turn off what it selects for. */
export function assertOnlyMatches(
  optimizer: string,
  { weightDecay = 0, only }: WeightDecayOptions,
  params: tf.NamedTensorMap,
  advice = 'give one that matches, or leave out weightDecay',
): void {
  const entries = Object.entries(params);
  if (!only || weightDecay === 0 || entries.length === 0) return;
  if (entries.some(([name, parameter]) => matches(only, name, parameter))) return;
  const names = entries.map(([name]) => name);
  const list = `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
  throw new Error(
    `${optimizer}: only is ${show(only)}, which matches none of the parameters ${list}; ${advice}`,
  );
}
