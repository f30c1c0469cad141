import { assertOptions, fraction, nonNegative, required } from '@tenfold/checks';
import { util } from '@tensorflow/tfjs-core';
import { defineInitializer, type Initializer } from './initializer';

export interface SparseOptions {
  /** Share of the inputs of each output with the weight 0, in [0, 1); rounded up to whole inputs. */
  sparsity: number;
  /** σ ≥ 0 of the other weights; 0.01 by default. */
  standardDeviation?: number;
}

/**
 * Normal with mean 0, but 0 for a random part of the inputs of each output. (PyTorch leaves out outputs of each input.)
 *
 * @throws when an option is unknown or out of range
 * @example
 * dense({ inFeatures: 100, outFeatures: 4, initializer: sparse({ sparsity: 0.9 }) });
 * @see Martens, "Deep learning via Hessian-free optimization", 2010, section 5
 */
export function sparse(options: SparseOptions): Initializer {
  assertOptions('sparse', options, { sparsity: required(fraction), standardDeviation: nonNegative });
  const { sparsity, standardDeviation = 0.01 } = options;
  return defineInitializer('sparse', (shape, rng) => {
    const columns = shape.at(-1) ?? 1;
    const size = util.sizeFromShape(shape);
    const rows = size / Math.max(1, columns);
    const values = rng.fillNormal(new Float32Array(size)).map((value) => value * standardDeviation);
    for (let column = 0; column < columns; column++) {
      const order = rng.fillUniform(new Float32Array(rows));
      const left = [...order.keys()].sort((a, b) => order[a]! - order[b]!);
      for (const row of left.slice(0, Math.ceil(sparsity * rows))) values[row * columns + column] = 0;
    }
    return values;
  });
}
