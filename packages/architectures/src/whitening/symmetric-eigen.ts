/**
 * Computes the eigenvalues and eigenvectors of a small symmetric matrix in float64, by Jacobi rotations. Each rotation makes one
 * off-diagonal entry zero, until all are negligible.
 *
 * @param matrix n×n values, row by row; not changed
 * @returns the eigenvalues, largest first, and their unit eigenvectors
 * @see Golub, Van Loan, "Matrix Computations", 4th edition, section 8.5
 */
export function symmetricEigen(
  matrix: Float64Array,
  n: number,
): { eigenvalues: number[]; eigenvectors: Float64Array[] } {
  const a = matrix.slice();
  const v = new Float64Array(n * n); // its rows become the eigenvectors
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  const size = Math.hypot(...a);
  for (let sweep = 0; sweep < 60 && offDiagonal(a, n) > 1e-15 * size; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const entry = a[p * n + q]!;
        if (entry === 0) continue;
        // The smaller root of t² + 2θt − 1 = 0 is the tangent of the angle that makes the entry 0.
        const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * entry);
        const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const cosine = 1 / Math.sqrt(tangent * tangent + 1);
        const sine = tangent * cosine;
        for (let k = 0; k < n; k++) rotate(a, k * n + p, k * n + q, cosine, sine);
        for (let k = 0; k < n; k++) rotate(a, p * n + k, q * n + k, cosine, sine);
        for (let k = 0; k < n; k++) rotate(v, p * n + k, q * n + k, cosine, sine);
      }
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j]! - a[i * n + i]!);
  return {
    eigenvalues: order.map((i) => a[i * n + i]!),
    eigenvectors: order.map((i) => v.slice(i * n, (i + 1) * n)),
  };
}

function rotate(values: Float64Array, p: number, q: number, cosine: number, sine: number): void {
  const [x, y] = [values[p]!, values[q]!];
  values[p] = cosine * x - sine * y;
  values[q] = sine * x + cosine * y;
}

function offDiagonal(a: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) sum += a[i * n + j]! ** 2;
  return Math.sqrt(sum);
}
