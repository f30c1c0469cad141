import { assertOptions, nonNegative } from '@tenfold/checks';
import { util } from '@tensorflow/tfjs-core';
import { defineInitializer, type Initializer } from './initializer';

export interface NormalOptions {
  /** σ ≥ 0; 0.02 by default. */
  standardDeviation?: number;
}

/**
 * Normal with mean 0.
 *
 * @throws when an option is unknown or the standard deviation is not a finite number of at least 0
 * @example
 * dense({ inFeatures: 8, outFeatures: 4, initializer: normal({ standardDeviation: 0.1 }) });
 */
export function normal(options: NormalOptions = {}): Initializer {
  assertOptions('normal', options, { standardDeviation: nonNegative });
  const { standardDeviation = 0.02 } = options;
  return defineInitializer('normal', (shape, rng) =>
    rng.fillNormal(new Float32Array(util.sizeFromShape(shape))).map((v) => v * standardDeviation),
  );
}
