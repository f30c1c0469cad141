import { assertOptions, type Kind, oneOf, required } from '@tenfold/checks';
import { defineSchedule, type Schedule } from './schedule';

export interface PiecewiseInterpolateOptions {
  /** Pairs of a step, an integer of at least 0, and the value there, ≥ 0; at least one pair, the steps in ascending order. */
  points: readonly (readonly [step: number, value: number])[];
  /** How values change between two points: in a line, as half a cosine, or not until the next point. 'linear' by default. */
  shape?: 'linear' | 'cosine' | 'constant' | undefined;
}

/**
 * Passes through given points; constant before the first and after the last.
 *
 * η(t) = vᵢ + (vᵢ₊₁ − vᵢ)·f((t − sᵢ)/(sᵢ₊₁ − sᵢ)) for sᵢ ≤ t < sᵢ₊₁; f(u) is u, (1 − cos π·u)/2 or 0
 *
 * @throws when an option is missing or unknown, or points are not such pairs
 * @example
 * sgd({ learningRate: piecewiseInterpolate({ points: [[0, 0], [500, 0.4], [3000, 0]] }) });
 * @see Coleman et al., "DAWNBench", 2017, whose entries train with such rates
 */
export function piecewiseInterpolate(options: PiecewiseInterpolateOptions): Schedule {
  assertOptions('piecewiseInterpolate', options, {
    points: required(pointsKind),
    shape: oneOf('linear', 'cosine', 'constant'),
  });
  const { shape = 'linear' } = options;
  const points = options.points.map(([step, value]) => [step, value] as const);
  const curve = {
    linear: (u: number) => u,
    cosine: (u: number) => (1 - Math.cos(Math.PI * u)) / 2,
    constant: () => 0,
  }[shape];
  return defineSchedule('piecewiseInterpolate', (step) => {
    const i = points.findLastIndex(([start]) => start <= step);
    const [start, value] = points[Math.max(i, 0)]!;
    const next = points[i + 1];
    if (i < 0 || !next) return value;
    return value + (next[1] - value) * curve((step - start) / (next[0] - start));
  });
}

const pointsKind: Kind = {
  expected:
    'pairs [step, value] of integers ≥ 0 in ascending order and numbers ≥ 0, such as [[0, 0.1], [900, 0]]',
  accepts: (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    Array.from(value).every(
      (pair, i) =>
        Array.isArray(pair) &&
        pair.length === 2 &&
        Number.isSafeInteger(pair[0]) &&
        pair[0] >= 0 &&
        (i === 0 || pair[0] > value[i - 1][0]) &&
        Number.isFinite(pair[1]) &&
        pair[1] >= 0,
    ),
};
