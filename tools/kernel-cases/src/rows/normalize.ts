import { type Array64, make } from '../array';

export interface Groups {
  /** Groups that share a mean, and which one an element is in. */
  count: number;
  of: (i: number) => number;
}

/** Mean, biased variance and 1/√(variance + ε) of every group. */
export function computeMoments({ values }: Array64, { count, of }: Groups, epsilon: number) {
  const size = values.length / count;
  // The moments of nothing are NaN.
  const start = size === 0 ? Number.NaN : 0;
  const mean = new Float64Array(count).fill(start);
  const variance = new Float64Array(count).fill(start);
  values.forEach((value, i) => {
    mean[of(i)]! += value / size;
  });
  values.forEach((value, i) => {
    variance[of(i)]! += (value - mean[of(i)]!) ** 2 / size;
  });
  return { mean, variance, rstd: variance.map((v) => 1 / Math.sqrt(v + epsilon)) };
}

/** The gradients of y = (x − mean)·rstd·γ + β, with mean and rstd those of the groups of x. */
export function normalizationGradient(
  dy: Array64,
  x: Array64,
  gamma: Array64 | undefined,
  moments: { mean: Float64Array; rstd: Float64Array },
  { count, of }: Groups,
): Array64[] {
  const channels = x.shape.at(-1)!;
  const size = x.values.length / count;
  const normal = (i: number) => (x.values[i]! - moments.mean[of(i)]!) * moments.rstd[of(i)]!;
  const g = (i: number) => dy.values[i]! * (gamma?.values[i % channels] ?? 1);
  const sums = [new Float64Array(count), new Float64Array(count)] as const;
  const [dgamma, dbeta] = [new Float64Array(channels), new Float64Array(channels)];
  x.values.forEach((_, i) => {
    sums[0][of(i)]! += g(i);
    sums[1][of(i)]! += g(i) * normal(i);
    dgamma[i % channels]! += dy.values[i]! * normal(i);
    dbeta[i % channels]! += dy.values[i]!;
  });
  const dx = make(
    x.shape,
    (i) => moments.rstd[of(i)]! * (g(i) - sums[0][of(i)]! / size - (normal(i) * sums[1][of(i)]!) / size),
  );
  return [dx, { shape: [channels], values: dgamma }, { shape: [channels], values: dbeta }];
}

/** The largest, at least 0, of the numbers that are not NaN. */
export const largest = (values: Iterable<number>): number => {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return most;
};

/** The smallest of the numbers that are not NaN. */
export const smallest = (values: Iterable<number>): number => {
  let least = Number.POSITIVE_INFINITY;
  for (const value of values) if (value < least) least = value;
  return least;
};
