import { defineMetric, type Metric } from './metric';
import { readBinary } from './read-classes';

/** The examples of one score, whose order does not matter. */
export interface Group {
  /** The weight of the examples of label 1. */
  positive: number;
  /** The weight of the examples of label 0. */
  negative: number;
}

/** The labels, scores and weights of each batch. */
type Lists = readonly (readonly [
  labels: readonly number[],
  scores: readonly number[],
  weights: readonly number[],
])[];

/**
 * Declares a metric of the order of all scores, which keeps the scores, labels and weights of all examples.
 *
 * @param of computes the value from the groups of equal scores, those of the highest score first
 */
export const ofSortedScores = (name: string, of: (groups: Group[]) => number): Metric =>
  defineMetric<object, Lists, number>({
    name,
    kinds: {},
    measure(labels, predictions) {
      const { label, score } = readBinary(name, labels, predictions);
      return { columns: [label, score] };
    },
    start: [],
    add: (lists, { columns: [labels, scores], weights }) => [
      ...lists,
      [Array.from(labels!), Array.from(scores!), Array.from(weights)],
    ],
    result: (lists) => of(groups(lists)),
  });

function groups(lists: Lists): Group[] {
  const [labels, scores, weights] = [0, 1, 2].map((i) => lists.flatMap((list) => list[i]!)) as [
    number[],
    number[],
    number[],
  ];
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[b]! - scores[a]! || 0);
  const found: Group[] = [];
  let last = Number.NaN;
  for (const i of order) {
    if (scores[i] !== last) found.push({ positive: 0, negative: 0 });
    last = scores[i]!;
    found.at(-1)![labels[i] === 1 ? 'positive' : 'negative'] += weights[i]!;
  }
  return found;
}
