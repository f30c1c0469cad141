import { assertArgument, assertOptions, positive, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { mapGradients } from './map-gradients';
import { type Optimizer, optimizerKind } from './optimizer';

export interface ClipByValueOptions {
  /** c > 0, the largest absolute value of an element of a gradient. */
  maxValue: number;
}

/**
 * Wraps an optimizer to clip every element of the gradients.
 *
 * g ← max(−c, min(g, c)) with c = maxValue
 *
 * A NaN stays NaN.
 *
 * @returns an optimizer with the state of the wrapped one
 * @throws when optimizer is not an optimizer, or maxValue is out of range
 * @example
 * const optimizer = clipByValue(sgd({ learningRate: 0.1 }), { maxValue: 0.5 });
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 10.11.1
 */
export function clipByValue(optimizer: Optimizer, options: ClipByValueOptions): Optimizer {
  assertArgument('clipByValue', 'optimizer', optimizer, optimizerKind);
  assertOptions('clipByValue', options, { maxValue: required(positive) });
  const { maxValue } = options;
  return mapGradients('clipByValue', optimizer, (g) => tf.clipByValue(g, -maxValue, maxValue));
}
