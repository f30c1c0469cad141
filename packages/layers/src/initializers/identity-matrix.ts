import { assertOptions, finite } from '@tenfold/checks';
import { util } from '@tensorflow/tfjs-core';
import { defineInitializer, type Initializer } from './initializer';

export interface IdentityMatrixOptions {
  /** The value on the diagonal, a finite number; 1 by default. */
  gain?: number;
}

/**
 * The identity matrix times the gain, so that a dense layer starts by copying its input. More axes than two count as rows, except the
 * last; for convolutions, use `dirac`.
 *
 * @throws when an option is unknown or the gain is not a finite number
 * @example
 * dense({ inFeatures: 8, outFeatures: 8, initializer: identityMatrix() });
 * @see Le, Jaitly, Hinton, "A Simple Way to Initialize Recurrent Networks of Rectified Linear Units", 2015, https://arxiv.org/abs/1504.00941
 */
export function identityMatrix(options: IdentityMatrixOptions = {}): Initializer {
  assertOptions('identityMatrix', options, { gain: finite });
  const { gain = 1 } = options;
  return defineInitializer('identityMatrix', (shape) => {
    const columns = shape.at(-1) ?? 1;
    const values = new Float32Array(util.sizeFromShape(shape));
    return values.map((_, i) => (Math.floor(i / columns) === i % columns ? gain : 0));
  });
}
