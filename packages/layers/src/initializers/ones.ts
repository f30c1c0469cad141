import { util } from '@tensorflow/tfjs-core';
import type { Initializer } from './initializer';

/**
 * All 1.
 *
 * @example
 * dense({ inFeatures: 8, outFeatures: 4, biasInitializer: ones() });
 */
export const ones = (): Initializer => (shape) => new Float32Array(util.sizeFromShape(shape)).fill(1);
