import { util } from '@tensorflow/tfjs-core';
import { defineInitializer, type Initializer } from './initializer';

/**
 * All 1.
 *
 * @example
 * dense({ inFeatures: 8, outFeatures: 4, biasInitializer: ones() });
 */
export const ones = (): Initializer =>
  defineInitializer('ones', (shape) => new Float32Array(util.sizeFromShape(shape)).fill(1));
