import * as tf from '@tensorflow/tfjs-core';

/** Makes the initial tensor of a slot from its parameter, such as tf.zerosLike, tf.clone or (p) => tf.fill(p.shape, 0.1). */
export type SlotStart = (parameter: tf.Tensor) => tf.Tensor;

/** The numbers that a slot can have, both ends inclusive. */
export type SlotRange = readonly [lowest: number, highest: number];

/** A slot: how it starts and the numbers that it can have. */
export interface Slot {
  /** Makes the initial tensor. */
  start: SlotStart;
  /**
   * The numbers that the slot can have, by default all except NaN. A state or checkpoint with others is refused. For a mean of
   * squares it is [0, Infinity], because the square of a finite gradient can be infinite in float32.
   */
  range?: SlotRange;
}

/** A slot that starts at 0 and is never negative, such as a mean of squares. */
export const nonNegativeZeros: Slot = { start: tf.zerosLike, range: [0, Number.POSITIVE_INFINITY] };

/** Finds a number that a slot cannot have. NaN is in no range. */
export function findOutside(values: ArrayLike<number>, range: SlotRange | undefined): number | undefined {
  const [lowest, highest] = range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value >= lowest && value <= highest)) return value;
  }
  return undefined;
}

/** Says which numbers a slot can have, for an error. */
export const showRange = (range: SlotRange | undefined): string =>
  range ? `from ${range[0]} to ${range[1]}` : 'numbers, not NaN';
