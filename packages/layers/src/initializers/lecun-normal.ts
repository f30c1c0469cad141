import { defineInitializer, fanIn, type Initializer } from './initializer';
import { normal } from './normal';

/**
 * Normal with standard deviation 1/√fanIn, which preserves the variance through a linear layer. It is the start of networks with
 * `selu`.
 *
 * Keras and JAX truncate the normal distribution at two standard deviations.
 *
 * @example
 * dense({ inFeatures: 8, outFeatures: 4, initializer: lecunNormal(), activation: selu });
 * @see Klambauer et al., "Self-Normalizing Neural Networks", 2017, https://arxiv.org/abs/1706.02515, section 3
 */
export const lecunNormal = (): Initializer =>
  defineInitializer('lecunNormal', (shape, rng) =>
    normal({ standardDeviation: 1 / Math.sqrt(Math.max(1, fanIn(shape))) })(shape, rng),
  );
