import { defineInitializer, fanIn, type Initializer } from './initializer';
import { normal } from './normal';

/**
 * Normal with standard deviation √(2/fanIn), which preserves the variance through a layer with ReLU.
 *
 * @example
 * conv2d({ inChannels: 3, outChannels: 16, kernelSize: 3, initializer: heNormal() });
 * @see He, Zhang, Ren, Sun, "Delving Deep into Rectifiers", 2015, https://arxiv.org/abs/1502.01852, equation 10
 */
export const heNormal = (): Initializer =>
  defineInitializer('heNormal', (shape, rng) =>
    normal({ standardDeviation: Math.sqrt(2 / Math.max(1, fanIn(shape))) })(shape, rng),
  );
