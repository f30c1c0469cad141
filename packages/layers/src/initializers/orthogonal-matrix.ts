import { assertOptions, finite } from '@tenfold/checks';
import { util } from '@tensorflow/tfjs-core';
import { defineInitializer, type Initializer } from './initializer';

export interface OrthogonalMatrixOptions {
  /** Factor of the matrix, a finite number; 1 by default, √2 for layers with ReLU. */
  gain?: number;
}

/**
 * A random orthogonal matrix times the gain: the columns of [inputs, outputs] are orthonormal, or its rows if there are fewer inputs.
 * More axes than two count as inputs, except the last. It preserves norms, also through many layers and time steps.
 *
 * @throws when an option is unknown or the gain is not a finite number
 * @example
 * lstm({ inFeatures: 8, units: 16, recurrentInitializer: orthogonalMatrix() });
 * @see Saxe, McClelland, Ganguli, "Exact solutions to the nonlinear dynamics of learning", 2013, https://arxiv.org/abs/1312.6120
 */
export function orthogonalMatrix(options: OrthogonalMatrixOptions = {}): Initializer {
  assertOptions('orthogonalMatrix', options, { gain: finite });
  const { gain = 1 } = options;
  return defineInitializer('orthogonalMatrix', (shape, rng) => {
    const columns = shape.at(-1) ?? 1;
    const rows = util.sizeFromShape(shape) / Math.max(1, columns);
    const [count, length] = rows < columns ? [rows, columns] : [columns, rows];
    const values = new Float32Array(rows * columns);
    const basis: Float64Array[] = [];
    for (let k = 0; k < count; k++) {
      const vector = Float64Array.from(rng.fillNormal(new Float32Array(length)));
      // Twice, because once leaves rounding errors of nearly parallel vectors.
      for (const other of [...basis, ...basis]) {
        const along = vector.reduce((sum, v, i) => sum + v * other[i]!, 0);
        for (let i = 0; i < length; i++) vector[i]! -= along * other[i]!;
      }
      const norm = Math.sqrt(vector.reduce((sum, v) => sum + v * v, 0));
      basis.push(vector.map((v) => v / norm));
      for (let i = 0; i < length; i++) {
        values[rows < columns ? k * columns + i : i * columns + k] = gain * basis[k]![i]!;
      }
    }
    return values;
  });
}
