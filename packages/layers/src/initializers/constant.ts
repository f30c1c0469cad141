import { assertOptions, finite, required } from '@tenfold/checks';
import { util } from '@tensorflow/tfjs-core';
import { defineInitializer, type Initializer } from './initializer';

export interface ConstantOptions {
  /** The value, a finite number. */
  value: number;
}

/**
 * All the same value.
 *
 * @throws when an option is unknown or the value is not a finite number
 * @example
 * dense({ inFeatures: 8, outFeatures: 4, biasInitializer: constant({ value: 0.1 }) });
 */
export function constant(options: ConstantOptions): Initializer {
  assertOptions('constant', options, { value: required(finite) });
  const { value } = options;
  return defineInitializer('constant', (shape) => new Float32Array(util.sizeFromShape(shape)).fill(value));
}
