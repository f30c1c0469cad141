import { count, either, index, type Kind, listOf, oneOf } from '@tenfold/checks';
import type * as tf from '@tensorflow/tfjs-core';

export type Pair = [number, number];

/**
 * Zeros around an image. 'same' pads so that the output has size ⌈size/stride⌉, with an odd zero at the bottom or right. 'valid'
 * adds none. A number pads every side, as in PyTorch. [vertical, horizontal] pads top and bottom, left and right.
 */
export type Padding = 'same' | 'valid' | number | Pair;

/** An integer of at least 1, or a pair of them. */
export const pairs: Kind = either(count, listOf(count, 2));

export const paddings: Kind = either(oneOf('same', 'valid'), index, listOf(index, 2));

/** Converts one number for both directions to a pair. */
export const toPair = (value: number | Pair): Pair => (typeof value === 'number' ? [value, value] : value);

/** Converts padding to tfjs's format. */
export function tfPadding(padding: Padding): 'same' | 'valid' | tf.backend_util.ExplicitPadding {
  if (padding === 'same' || padding === 'valid') return padding;
  const [down, right] = toPair(padding);
  return down === 0 && right === 0
    ? 'valid'
    : [
        [0, 0],
        [down, down],
        [right, right],
        [0, 0],
      ];
}

/** The number of zeros before and after an image along one direction, for a window of stride 1. */
export function paddingAround(padding: Padding, direction: 0 | 1, reach: number): [number, number] {
  if (padding === 'same') return [reach >> 1, reach - (reach >> 1)];
  if (padding === 'valid') return [0, 0];
  const amount = toPair(padding)[direction];
  return [amount, amount];
}

/** Throws when the padded images are smaller than the window, so that the output would be empty. */
export function assertWindowFits(
  name: string,
  x: tf.Tensor,
  window: Pair,
  padding: Padding,
  dilation: Pair = [1, 1],
): void {
  const [, height, width] = x.shape as [number, number, number];
  const reach = window.map((size, i) => dilation[i]! * (size - 1) + 1) as Pair;
  const around = padding === 'same' || padding === 'valid' ? [0, 0] : toPair(padding);
  const fits = ([height, width] as const).every((size, i) =>
    padding === 'same' ? size > 0 : size + 2 * around[i]! >= reach[i]!,
  );
  if (fits) return;
  throw new Error(
    `${name}: the input has shape [${x.shape}], which is smaller than the window of [${reach}]; give larger images${padding === 'same' ? '' : ", or padding: 'same'"}`,
  );
}

/** Throws when strides and dilations are both above 1, which tfjs does not support. */
export function assertStridesOrDilations(name: string, strides: Pair, dilations: Pair): void {
  if (Math.max(...strides) > 1 && Math.max(...dilations) > 1) {
    throw new Error(
      `${name}: strides are [${strides}] and dilations [${dilations}]; only one of them may be above 1`,
    );
  }
}
