import { defineInitializer, fanIn, type Initializer } from './initializer';
import { uniform } from './uniform';

/**
 * Uniform in ±√(6/fanIn), which preserves the variance through a layer with ReLU.
 *
 * @example
 * conv2d({ inChannels: 3, outChannels: 16, kernelSize: 3, initializer: heUniform() });
 * @see He, Zhang, Ren, Sun, "Delving Deep into Rectifiers", 2015, https://arxiv.org/abs/1502.01852, equation 10
 */
export const heUniform = (): Initializer =>
  defineInitializer('heUniform', (shape, rng) =>
    uniform({ limit: Math.sqrt(6 / Math.max(1, fanIn(shape))) })(shape, rng),
  );
