import { assertOptions, nonNegative } from '@tenfold/checks';
import { util } from '@tensorflow/tfjs-core';
import { defineInitializer, type Initializer } from './initializer';

export interface UniformOptions {
  /** The bound of the values; 0.05 by default. */
  limit?: number;
}

/**
 * Uniform in [−limit, limit).
 *
 * @throws when an option is unknown or the limit is not a finite number of at least 0
 * @example
 * dense({ inFeatures: 8, outFeatures: 4, initializer: uniform({ limit: 0.1 }) });
 */
export function uniform(options: UniformOptions = {}): Initializer {
  assertOptions('uniform', options, { limit: nonNegative });
  const { limit = 0.05 } = options;
  return defineInitializer('uniform', (shape, rng) =>
    rng.fillUniform(new Float32Array(util.sizeFromShape(shape))).map((v) => (2 * v - 1) * limit),
  );
}
