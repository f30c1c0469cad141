/** Normalization of groups of values and its gradient in double precision; `group` and `channel` of flat index i. */
export function referenceNormalization(
  {
    x,
    dy,
    gamma,
    beta,
  }: Record<'x' | 'dy', ArrayLike<number>> & Partial<Record<'gamma' | 'beta', ArrayLike<number>>>,
  groups: number,
  channels: number,
  group: (i: number) => number,
  channel: (i: number) => number,
  epsilon: number,
) {
  const size = x.length;
  const count = size / groups;
  const zeros = (n: number) => new Float64Array(n);
  const [mean, variance, y, dx] = [zeros(groups), zeros(groups), zeros(size), zeros(size)];
  const [dgamma, dbeta, sumG, sumGx] = [zeros(channels), zeros(channels), zeros(groups), zeros(groups)];
  for (let i = 0; i < size; i++) mean[group(i)]! += x[i]! / count;
  for (let i = 0; i < size; i++) variance[group(i)]! += (x[i]! - mean[group(i)]!) ** 2 / count;
  const rstd = variance.map((v) => 1 / Math.sqrt(v + epsilon));
  const normal = (i: number) => (x[i]! - mean[group(i)]!) * rstd[group(i)]!;
  const scale = (i: number) => gamma?.[channel(i)] ?? 1;
  for (let i = 0; i < size; i++) {
    y[i] = normal(i) * scale(i) + (beta?.[channel(i)] ?? 0);
    dgamma[channel(i)]! += dy[i]! * normal(i);
    dbeta[channel(i)]! += dy[i]!;
    sumG[group(i)]! += dy[i]! * scale(i);
    sumGx[group(i)]! += dy[i]! * scale(i) * normal(i);
  }
  for (let i = 0; i < size; i++) {
    const g = dy[i]! * scale(i) - sumG[group(i)]! / count - (normal(i) * sumGx[group(i)]!) / count;
    dx[i] = rstd[group(i)]! * g;
  }
  return { y, mean, variance, rstd, dx, dgamma, dbeta };
}
