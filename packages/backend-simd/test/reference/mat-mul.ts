export interface MatMulCase {
  /** Shapes of A and B as given, transposed where the flag says so. */
  a: number[];
  b: number[];
  transposeA?: boolean;
  transposeB?: boolean;
}

/** The product of the last two axes by its definition, in float64. Leading axes broadcast. */
export function referenceMatMul(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  product: MatMulCase,
): Float64Array {
  const { transposeA = false, transposeB = false } = product;
  const [aRows, aColumns] = product.a.slice(-2) as [number, number];
  const [bRows, bColumns] = product.b.slice(-2) as [number, number];
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const n = transposeB ? bRows : bColumns;
  const outerA = product.a.slice(0, -2);
  const outerB = product.b.slice(0, -2);
  const outer = outerShape(outerA, outerB);
  const batches = outer.reduce((x, y) => x * y, 1);
  const out = new Float64Array(batches * m * n);
  for (let batch = 0; batch < batches; batch++) {
    const atA = broadcastIndex(batch, outer, outerA) * m * k;
    const atB = broadcastIndex(batch, outer, outerB) * k * n;
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let p = 0; p < k; p++) {
          const x = a[atA + (transposeA ? p * m + i : i * k + p)]!;
          const y = b[atB + (transposeB ? j * k + p : p * n + j)]!;
          sum += x * y;
        }
        out[(batch * m + i) * n + j] = sum;
      }
    }
  }
  return out;
}

function outerShape(a: number[], b: number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    return x === 1 ? (b[i - rank + b.length] ?? 1) : x;
  });
}

/** The index in `shape` that element `flat` of `outer` reads. */
function broadcastIndex(flat: number, outer: number[], shape: number[]): number {
  let index = 0;
  let stride = 1;
  for (let axis = 1; axis <= outer.length; axis++) {
    const size = outer.at(-axis)!;
    const at = flat % size;
    flat = (flat - at) / size;
    const own = shape.at(-axis) ?? 1;
    if (axis <= shape.length && own !== 1) index += at * stride;
    stride *= own;
  }
  return index;
}
