import { percent, seconds } from './format';

/** Mean and standard deviation of repeated measurements. */
export interface Spread {
  mean: number;
  /** Sample standard deviation (n − 1); null for a single value. */
  deviation: number | null;
  count: number;
}

/** Mean and deviation of the finite values; undefined without any. */
export function computeSpread(values: readonly (number | null | undefined)[]): Spread | undefined {
  const finite = values.filter((value): value is number => Number.isFinite(value));
  const count = finite.length;
  if (count === 0) return undefined;
  const mean = finite.reduce((sum, value) => sum + value, 0) / count;
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : null, count };
}

/** 92.41 ± 0.12 %, or 92.41 % for a single value. */
export function percentSpread(spread: Spread | undefined): string {
  if (!spread || spread.deviation === null) return percent(spread?.mean);
  return `${(100 * spread.mean).toFixed(2)} ± ${percent(spread.deviation)}`;
}

/** 27 min 0 s ± 12.0 s, or 27 min 0 s for a single value. */
export function secondsSpread(spread: Spread | undefined): string {
  const mean = seconds(spread?.mean);
  return !spread || spread.deviation === null ? mean : `${mean} ± ${seconds(spread.deviation)}`;
}
