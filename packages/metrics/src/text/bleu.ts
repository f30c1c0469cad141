import { count, type Kind, oneOf, show } from '@tenfold/checks';
import { floatTensor } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { defineMetric, type Metric } from '../metric';

export interface BleuOptions {
  /** The longest n-grams that count, 4 by default. */
  maxOrder?: number;
  /** 'addOne' adds one match to each n-gram precision for n > 1, so that short texts do not have a BLEU of 0; 'none' by default. */
  smoothing?: 'none' | 'addOne';
  /** A token that is left out, such as the padding of tensors; none by default. */
  padding?: number;
}

type Token = string | number;
/** For each order the matches and the n-grams of the candidates, and at last the lengths of candidates and references. */
type Sums = readonly number[];

const padding: Kind = { expected: 'a number', accepts: (value) => Number.isFinite(value) };

/**
 * BLEU: how many n-grams of generated texts are in reference texts, over all texts, with a penalty for texts that are too short.
 *
 * BLEU = BP·(p₁·…·p_N)^(1/N), in [0, 1], with pₙ = matched n-grams/all n-grams of the candidates, each matched as often as in a reference; BP = min(1, exp(1 − r/c)), lengths c of the candidates and r of the closest references
 *
 * @param labels references: a list of tokens (strings or numbers) for each text, or several such lists, or a tensor [batch, tokens]
 * @param predictions candidates: a list of tokens for each text, or a tensor [batch, tokens]
 * @returns NaN if a token in a tensor is NaN, or there is no text
 * @throws when there are not as many candidates as references, or a text is no list of tokens; NaN is none
 * @example
 * await bleu([['the', 'cat', 'sat', 'down', 'there']], [['the', 'cat', 'sat', 'down', 'here']]); // 0.6687
 * const metrics = { bleu: bleu.with({ padding: 0 }) };
 * @see Papineni, Roukos, Ward, Zhu, "BLEU: a Method for Automatic Evaluation of Machine Translation", 2002,
 *   https://doi.org/10.3115/1073083.1073135; Lin, Och, "ORANGE", 2004, for the smoothing
 */
export const bleu: Metric<BleuOptions> = /* @__PURE__ */ defineMetric({
  name: 'bleu',
  kinds: { maxOrder: count, smoothing: oneOf('none', 'addOne'), padding },
  measure(labels, predictions, options: BleuOptions) {
    if (Array.isArray(labels) && Array.isArray(predictions)) {
      const all = textSums(labels, predictions, options);
      // The first column says that the others are sums.
      const columns = Array.from({ length: sizeOf(options) }, (_, i) =>
        tf.tensor1d(all.map((sums) => sums[i]!)),
      );
      return { columns: [tf.zeros([all.length]), ...columns] };
    }
    const [y, p] = [floatTensor('bleu', 'labels', labels), floatTensor('bleu', 'predictions', predictions)];
    if (y.rank !== 2 || p.rank !== 2 || y.shape[0] !== p.shape[0] || y.shape[1] === 0) {
      throw new Error(
        `bleu: predictions have shape [${p.shape}] but labels have shape [${y.shape}]; give tokens [batch, tokens] of as many texts`,
      );
    }
    const columns = [y, p].flatMap((tokens) => (tokens.shape[1] === 0 ? [] : tf.unstack(tokens, 1)));
    // The first column is the number of those of the reference.
    return { columns: [tf.fill([y.shape[0]!], y.shape[1]!), ...columns] };
  },
  start: [] as Sums,
  add(old, { columns: [kind, ...columns], weights }, options) {
    const sums = Array.from({ length: sizeOf(options) }, (_, i) => old[i] ?? 0);
    for (let i = 0; i < weights.length; i++) {
      const row = columns.map((column) => column[i]!);
      const found = kind![i] === 0 ? row : sumsOf([row.slice(0, kind![i])], row.slice(kind![i]), options);
      for (const [at, value] of found.entries()) sums[at]! += weights[i]! * value;
    }
    return sums;
  },
  result(sums, { maxOrder = 4, smoothing = 'none' }) {
    const [length = 0, reference = 0] = sums.slice(2 * maxOrder);
    if (reference === 0 && length === 0) return Number.NaN;
    let logarithms = 0;
    for (let n = 0; n < maxOrder; n++) {
      const extra = smoothing === 'addOne' && n > 0 ? 1 : 0;
      const [matches, all] = [sums[2 * n]! + extra, sums[2 * n + 1]! + extra];
      if (matches === 0) return 0;
      logarithms += Math.log(matches / all);
    }
    return Math.min(1, Math.exp(1 - reference / length)) * Math.exp(logarithms / maxOrder);
  },
});

const sizeOf = ({ maxOrder = 4 }: BleuOptions): number => 2 * maxOrder + 2;

/** The sums of each text. */
function textSums(labels: readonly unknown[], predictions: readonly unknown[], options: BleuOptions): Sums[] {
  if (labels.length !== predictions.length) {
    throw new Error(
      `bleu: there are ${predictions.length} predictions but ${labels.length} labels; give a candidate for each reference`,
    );
  }
  return Array.from(predictions, (candidate, i) => {
    const reference = labels[i];
    const hasSeveral = Array.isArray(reference) && reference.length > 0 && reference.every(Array.isArray);
    const references = (hasSeveral ? reference : [reference]) as unknown[];
    for (const text of references) assertText(`labels[${i}]`, text);
    assertText(`predictions[${i}]`, candidate);
    return sumsOf(references as Token[][], candidate as Token[], options);
  });
}

function assertText(what: string, text: unknown): void {
  const isToken = (token: unknown) =>
    typeof token === 'string' || (typeof token === 'number' && !Number.isNaN(token));
  if (Array.isArray(text) && Array.from(text).every(isToken)) return;
  throw new Error(`bleu: ${what} is ${show(text)}; give a list of tokens, such as ['the', 'cat']`);
}

function sumsOf(references: Token[][], candidate: Token[], { maxOrder = 4, padding }: BleuOptions): Sums {
  const [texts, tokens] = [references.map(withoutPadding), withoutPadding(candidate)];
  const sums: number[] = [];
  for (let n = 1; n <= maxOrder; n++) {
    const allowed = texts.map((text) => countGrams(text, n));
    let matches = 0;
    for (const [gram, times] of countGrams(tokens, n)) {
      matches += Math.min(times, Math.max(...allowed.map((grams) => grams.get(gram) ?? 0)));
    }
    sums.push(matches, Math.max(0, tokens.length - n + 1));
  }
  const lengths = texts.map((text) => text.length);
  const distance = (length: number) => Math.abs(length - tokens.length);
  const [closest = 0] = lengths.sort((a, b) => distance(a) - distance(b) || a - b);
  return [...sums, tokens.length, closest];

  function withoutPadding(text: Token[]): Token[] {
    return text.filter((token) => token !== padding);
  }
}

// JSON has no infinities: all would be the same token, null.
const toJson = (token: Token) =>
  typeof token === 'string' || Number.isFinite(token) ? token : [String(token)];

function countGrams(tokens: Token[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= tokens.length; i++) {
    const gram = JSON.stringify(tokens.slice(i, i + n).map(toJson));
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}
