import { assertOptions, count } from '@tenfold/checks';
import { defineInitializer, fanIn, type Initializer } from './initializer';
import type { FanInOptions } from './torch-uniform';
import { uniform } from './uniform';

/**
 * Uniform in ±√(3/fanIn), with standard deviation 1/√fanIn, which preserves the variance through a linear layer.
 *
 * Equal to `lecun_uniform` of Keras and JAX.
 *
 * @throws when an option is unknown or fanIn is not a positive integer
 * @example
 * dense({ inFeatures: 8, outFeatures: 4, initializer: lecunUniform() });
 * @see LeCun, Bottou, Orr, Müller, "Efficient BackProp", 1998, section 4.6
 */
export function lecunUniform(options: FanInOptions = {}): Initializer {
  assertOptions('lecunUniform', options, { fanIn: count });
  return defineInitializer('lecunUniform', (shape, rng) =>
    uniform({ limit: Math.sqrt(3 / Math.max(1, options.fanIn ?? fanIn(shape))) })(shape, rng),
  );
}
