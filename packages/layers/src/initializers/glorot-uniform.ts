import { defineInitializer, fanIn, fanOut, type Initializer } from './initializer';
import { uniform } from './uniform';

/**
 * Uniform in ±√(6/(fanIn + fanOut)), which preserves the variance of activations and gradients through a linear layer.
 *
 * @example
 * dense({ inFeatures: 8, outFeatures: 4, initializer: glorotUniform() });
 * @see Glorot, Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010, equation 16
 */
export const glorotUniform = (): Initializer =>
  defineInitializer('glorotUniform', (shape, rng) =>
    uniform({ limit: Math.sqrt(6 / Math.max(1, fanIn(shape) + fanOut(shape))) })(shape, rng),
  );
