import { defineInitializer, fanIn, fanOut, type Initializer } from './initializer';
import { normal } from './normal';

/**
 * Normal with standard deviation √(2/(fanIn + fanOut)), which preserves the variance of activations and gradients through a linear
 * layer.
 *
 * @example
 * dense({ inFeatures: 8, outFeatures: 4, initializer: glorotNormal() });
 * @see Glorot, Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010, equation 12
 */
export const glorotNormal = (): Initializer =>
  defineInitializer('glorotNormal', (shape, rng) =>
    normal({ standardDeviation: Math.sqrt(2 / Math.max(1, fanIn(shape) + fanOut(shape))) })(shape, rng),
  );
