import { flag } from '@tenfold/checks';
import { meanOf } from '../mean';
import { defineMetric, type Metric } from '../metric';
import { type ClassOptions, classKinds } from '../read-classes';
import type { FromLogitsOptions } from './log-loss';
import { crossEntropies } from './losses';

export interface PerplexityOptions extends ClassOptions, FromLogitsOptions {}

const mean = /* @__PURE__ */ meanOf(([, loss], i) => loss![i]!);

/**
 * Perplexity of a language model: the exponential of the mean cross-entropy of the tokens.
 *
 * perplexity = exp(−Σ wᵢ·log p(yᵢ) / Σ wᵢ), ≥ 1; the number of classes for a model that cannot tell them apart
 *
 * @param labels y: tokens [batch, time], or probabilities [batch, time, tokens]. Leave padding out with `ignoreIndex` or weights
 * @param predictions p: probabilities [batch, time, tokens]; logits with `fromLogits`
 * @returns NaN if a label is not a class, a prediction is not a probability, or there is no example
 * @throws when the shapes do not fit
 * @example
 * await perplexity([[0, 1]], [[[0, 0, 0], [0, 0, 0]]], { fromLogits: true }); // 3
 * const metrics = { perplexity: perplexity.with({ fromLogits: true, ignoreIndex: 0 }) };
 * @see Jelinek, Mercer, Bahl, Baker, "Perplexity: a measure of the difficulty of speech recognition tasks", 1977,
 *   https://doi.org/10.1121/1.2016299
 */
export const perplexity: Metric<PerplexityOptions> = /* @__PURE__ */ defineMetric({
  name: 'perplexity',
  kinds: { fromLogits: flag, ...classKinds },
  measure: (labels, predictions, options: PerplexityOptions) =>
    crossEntropies('perplexity', labels, predictions, options),
  ...mean,
  result: (state) => Math.exp(mean.result(state)),
});
