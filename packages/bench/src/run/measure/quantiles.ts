/** Median, p10 and p90, each one of the measured times. */
export function computeQuantiles(times: number[]): { median: number; p10: number; p90: number } {
  if (times.length === 0) throw new Error('computeQuantiles: no timings; pass at least one');
  const sorted = [...times].sort((a, b) => a - b);
  const at = (quantile: number) => sorted[Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))]!;
  return { median: at(0.5), p10: at(0.1), p90: at(0.9) };
}
