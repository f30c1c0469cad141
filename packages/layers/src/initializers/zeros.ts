import { util } from '@tensorflow/tfjs-core';
import { defineInitializer, type Initializer } from './initializer';

/**
 * All 0, a common choice for biases.
 *
 * @example
 * dense({ inFeatures: 8, outFeatures: 4, biasInitializer: zeros() });
 */
export const zeros = (): Initializer =>
  defineInitializer('zeros', (shape) => new Float32Array(util.sizeFromShape(shape)));
