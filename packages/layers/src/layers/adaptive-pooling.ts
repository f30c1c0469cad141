import { assertOptions, count, required } from '@tenfold/checks';
import type * as tf from '@tensorflow/tfjs-core';
import { assertImages, assertSequences, ofTensor } from '../ops/input-tensor';
import { adaptivePool, averagePool, maxPool, type Pool, poolSequences } from '../ops/pool';
import { assertWindowFits, pairs, toPair } from '../ops/window';

export interface AdaptivePoolingOptions {
  /** Height and width of the output, or one number for both. */
  outputSize: number | [number, number];
}

export interface AdaptivePooling1dOptions {
  /** Length of the output. */
  outputSize: number;
}

function adaptive2d(name: string, options: AdaptivePoolingOptions, pool: Pool): (x: tf.Tensor) => tf.Tensor {
  assertOptions(name, options, { outputSize: required(pairs) });
  const size = toPair(options.outputSize);
  return ofTensor(name, (x) => {
    assertImages(name, x);
    assertWindowFits(name, x, [1, 1], 'valid');
    return adaptivePool(x, size, pool);
  });
}

function adaptive1d(
  name: string,
  options: AdaptivePooling1dOptions,
  pool: Pool,
): (x: tf.Tensor) => tf.Tensor {
  assertOptions(name, options, { outputSize: required(count) });
  return ofTensor(name, (x) => {
    assertSequences(name, x);
    assertWindowFits(name, x, [1], 'valid');
    return poolSequences(x, (images) => adaptivePool(images, [1, options.outputSize], pool));
  });
}

/**
 * The means of windows that divide images of any size into a fixed number of rows and columns, so that a dense layer can follow.
 *
 * Row i of o is the mean of the rows ⌊i·h/o⌋ to ⌈(i + 1)·h/o⌉ − 1 of h; columns likewise. Where o does not divide h, windows overlap.
 *
 * @returns a function from [batch, height, width, channels] to [batch, outputSize[0], outputSize[1], channels]
 * @throws when an option is unknown or out of range, or the input is not a batch of images
 * @example
 * adaptiveAveragePool2d({ outputSize: 2 })(tf.zeros([1, 5, 7, 3])); // [1, 2, 2, 3]
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html
 */
export function adaptiveAveragePool2d(options: AdaptivePoolingOptions): (x: tf.Tensor) => tf.Tensor {
  return adaptive2d('adaptiveAveragePool2d', options, averagePool);
}

/**
 * The largest values of the windows of `adaptiveAveragePool2d`. The gradient goes to the first of equal values; NaN is ignored as by
 * `maxPool2d`.
 *
 * @returns a function from [batch, height, width, channels] to [batch, outputSize[0], outputSize[1], channels]
 * @throws when an option is unknown or out of range, or the input is not a batch of images
 * @example
 * adaptiveMaxPool2d({ outputSize: [2, 3] })(tf.zeros([1, 5, 7, 3])); // [1, 2, 3, 3]
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool2d.html
 */
export function adaptiveMaxPool2d(options: AdaptivePoolingOptions): (x: tf.Tensor) => tf.Tensor {
  return adaptive2d('adaptiveMaxPool2d', options, maxPool);
}

/**
 * The means of windows that divide sequences of any length into a fixed number of parts.
 *
 * Part i of o is the mean of the values ⌊i·n/o⌋ to ⌈(i + 1)·n/o⌉ − 1 of n. Where o does not divide n, windows overlap.
 *
 * @returns a function from [batch, length, channels] to [batch, outputSize, channels]
 * @throws when an option is unknown or out of range, or the input is not a batch of sequences
 * @example
 * adaptiveAveragePool1d({ outputSize: 2 })(tf.zeros([1, 5, 3])); // [1, 2, 3]
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool1d.html
 */
export function adaptiveAveragePool1d(options: AdaptivePooling1dOptions): (x: tf.Tensor) => tf.Tensor {
  return adaptive1d('adaptiveAveragePool1d', options, averagePool);
}

/**
 * The largest values of the windows of `adaptiveAveragePool1d`. The gradient goes to the first of equal values; NaN is ignored as by
 * `maxPool2d`.
 *
 * @returns a function from [batch, length, channels] to [batch, outputSize, channels]
 * @throws when an option is unknown or out of range, or the input is not a batch of sequences
 * @example
 * adaptiveMaxPool1d({ outputSize: 2 })(tf.zeros([1, 5, 3])); // [1, 2, 3]
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool1d.html
 */
export function adaptiveMaxPool1d(options: AdaptivePooling1dOptions): (x: tf.Tensor) => tf.Tensor {
  return adaptive1d('adaptiveMaxPool1d', options, maxPool);
}
