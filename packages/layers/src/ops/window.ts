import { count, either, index, type Kind, listOf, oneOf } from '@tenfold/checks';
import type * as tf from '@tensorflow/tfjs-core';

export type Pair = [number, number];
export type Triple = [number, number, number];

/**
 * Zeros around an image. 'same' pads so that the output has size ⌈size/stride⌉, with an odd zero at the bottom or right. 'valid'
 * adds none. A number pads every side, as in PyTorch. [vertical, horizontal] pads top and bottom, left and right.
 */
export type Padding = 'same' | 'valid' | number | Pair;

/** An integer of at least 1, or a pair of them. */
export const pairs: Kind = either(count, listOf(count, 2));

/** An integer of at least 1, or three of them. */
export const triples: Kind = either(count, listOf(count, 3));

const paddingNames = oneOf('same', 'valid');
export const lengthPaddings: Kind = either(paddingNames, index);
export const paddings: Kind = either(paddingNames, index, listOf(index, 2));
export const volumePaddings: Kind = either(paddingNames, index, listOf(index, 3));

/** Converts one number for both directions to a pair. */
export const toPair = (value: number | Pair): Pair => (typeof value === 'number' ? [value, value] : value);

/** Converts one number for all directions to three. */
export const toTriple = (value: number | Triple): Triple =>
  typeof value === 'number' ? [value, value, value] : value;

/** The extent of a window of `size` values that are `dilation` apart. */
export const reachOf = (size: number, dilation: number): number => dilation * (size - 1) + 1;

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

/**
 * The number of zeros before and after a tensor along one axis.
 *
 * @param size of that axis
 * @param reach the extent of the window
 */
export function paddingAround(
  padding: 'same' | 'valid' | number,
  size: number,
  reach: number,
  stride: number,
): [number, number] {
  if (padding === 'valid') return [0, 0];
  if (padding !== 'same') return [padding, padding];
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0);
  return [total >> 1, total - (total >> 1)];
}

/** The padding along one of two directions. */
export const paddingAlong = (padding: Padding, direction: 0 | 1): 'same' | 'valid' | number =>
  Array.isArray(padding) ? padding[direction] : padding;

const LARGER = ['longer sequences', 'larger images', 'larger volumes'];

/**
 * Throws when padded sequences, images or volumes are smaller than the window, so that the output would be empty.
 *
 * @param x [batch, …, channels] with one axis for each size of the window
 */
export function assertWindowFits(
  name: string,
  x: tf.Tensor,
  window: readonly number[],
  padding: 'same' | 'valid' | number | readonly number[],
  dilation: readonly number[] = window.map(() => 1),
): void {
  const reach = window.map((size, i) => reachOf(size, dilation[i]!));
  const fits = x.shape.slice(1, -1).every((size, i) => {
    if (padding === 'same') return size > 0;
    const around = padding === 'valid' ? 0 : typeof padding === 'number' ? padding : padding[i]!;
    return size + 2 * around >= reach[i]!;
  });
  if (fits) return;
  throw new Error(
    `${name}: the input has shape [${x.shape}], which is smaller than the window of [${reach}]; give ${LARGER[window.length - 1]}${padding === 'same' ? '' : ", or padding: 'same'"}`,
  );
}
