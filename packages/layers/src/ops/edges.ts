import { either, index, type Kind, listOf } from '@tenfold/checks';
import type * as tf from '@tensorflow/tfjs-core';
import type { Pair } from './window';

/** Amounts at both ends of sequences: one number for both, or [start, end]. */
export type LengthEdges = number | Pair;

/** Amounts around images: one number for all sides, [vertical, horizontal], or [[top, bottom], [left, right]]. */
export type ImageEdges = number | Pair | [Pair, Pair];

export const lengthEdges: Kind = either(index, listOf(index, 2));
export const imageEdges: Kind = either(index, listOf(index, 2), listOf(listOf(index, 2), 2));

/** The amounts before and after each axis of positions. */
export const edgesOfLength = (edges: LengthEdges): Pair[] => [
  typeof edges === 'number' ? [edges, edges] : edges,
];

/** The amounts before and after each axis of positions. */
export function edgesOfImage(edges: ImageEdges): Pair[] {
  const [rows, columns] = typeof edges === 'number' ? [edges, edges] : edges;
  return [rows, columns].map((side) => (typeof side === 'number' ? [side, side] : side));
}

/** The amounts for each axis of [batch, …, channels]. */
export const aroundPositions = (x: tf.Tensor, edges: Pair[]): Pair[] =>
  x.shape.map((_, axis) => edges[axis - 1] ?? [0, 0]);
