import { assertOptions, between, nonNegative } from '@tenfold/checks';
import { util } from '@tensorflow/tfjs-core';
import { defineInitializer, type Initializer } from './initializer';

export interface TruncatedNormalOptions {
  /** σ ≥ 0 of the normal distribution before values are cut off; 0.02 by default. */
  standardDeviation?: number;
  /** The largest absolute value in units of σ, from 0.1 to 100; 2 by default. */
  limit?: number;
}

/**
 * Normal with mean 0 and without values beyond ±limit·σ, which are drawn again.
 *
 * With the limit 2, the standard deviation of the values is 0.8796·σ.
 *
 * @throws when an option is unknown or out of range
 * @example
 * dense({ inFeatures: 8, outFeatures: 4, initializer: truncatedNormal({ standardDeviation: 0.02 }) });
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.trunc_normal_
 */
export function truncatedNormal(options: TruncatedNormalOptions = {}): Initializer {
  assertOptions('truncatedNormal', options, { standardDeviation: nonNegative, limit: between(0.1, 100) });
  const { standardDeviation = 0.02, limit = 2 } = options;
  return defineInitializer('truncatedNormal', (shape, rng) => {
    const values = rng.fillNormal(new Float32Array(util.sizeFromShape(shape)));
    const isBeyond = (i: number) => Math.abs(values[i]!) > limit;
    let again = [...values.keys()].filter(isBeyond);
    while (again.length > 0) {
      const drawn = rng.fillNormal(new Float32Array(again.length));
      for (const [k, i] of again.entries()) values[i] = drawn[k]!;
      again = again.filter(isBeyond);
    }
    return values.map((value) => value * standardDeviation);
  });
}
