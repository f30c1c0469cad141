import type { Rng } from '@tenfold/random';
import { util } from '@tensorflow/tfjs-core';

/**
 * The values that a parameter of that shape starts with, in row-major order. Kernels are [in, out] or [height, width, in,
 * out].
 */
export type Initializer = (shape: number[], rng: Rng) => Float32Array;

const size = util.sizeFromShape;

/** How many inputs one output of a kernel sums: every axis but the last. */
export const fanIn = (shape: number[]): number => size(shape.slice(0, -1));

/** How many outputs one input of a kernel goes to: every axis but the last but one. */
export const fanOut = (shape: number[]): number => size([...shape.slice(0, -2), shape.at(-1)!]);
