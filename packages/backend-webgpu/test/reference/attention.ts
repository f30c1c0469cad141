export interface AttentionSizes {
  batch: number;
  queries: number;
  keys: number;
  heads: number;
  size: number;
}

type Values = ArrayLike<number>;

/** Multi-head attention and its gradients by the definition, in double precision. */
export function referenceAttention(
  q: Values,
  k: Values,
  v: Values,
  dy: Values,
  { batch, queries, keys, heads, size }: AttentionSizes,
  scale: number,
) {
  const features = heads * size;
  const [out, dq] = [new Float64Array(q.length), new Float64Array(q.length)];
  const [dk, dv] = [new Float64Array(k.length), new Float64Array(k.length)];
  const logsumexp = new Float64Array(batch * heads * queries);
  const each = Array.from({ length: size }, (_, f) => f);
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      const query = (i: number, f: number) => (b * queries + i) * features + h * size + f;
      const key = (j: number, f: number) => (b * keys + j) * features + h * size + f;
      for (let i = 0; i < queries; i++) {
        const along = (x: Values, other: Values, j: number) =>
          each.reduce((sum, f) => sum + x[query(i, f)]! * other[key(j, f)]!, 0);
        const scores = Array.from({ length: keys }, (_, j) => scale * along(q, k, j));
        const top = Math.max(...scores);
        const total = scores.reduce((sum, s) => sum + Math.exp(s - top), 0);
        logsumexp[(b * heads + h) * queries + i] = top + Math.log(total);
        const p = scores.map((s) => Math.exp(s - top) / total);
        const dp = p.map((_, j) => along(dy, v, j));
        const mean = p.reduce((sum, x, j) => sum + x * dp[j]!, 0);
        for (let j = 0; j < keys; j++) {
          const ds = scale * p[j]! * (dp[j]! - mean);
          for (const f of each) {
            out[query(i, f)]! += p[j]! * v[key(j, f)]!;
            dq[query(i, f)]! += ds * k[key(j, f)]!;
            dk[key(j, f)]! += ds * q[query(i, f)]!;
            dv[key(j, f)]! += p[j]! * dy[query(i, f)]!;
          }
        }
      }
    }
  }
  return { out, logsumexp, dq, dk, dv };
}
