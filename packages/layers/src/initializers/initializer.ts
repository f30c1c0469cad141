import { assertArgument, func, index, type Kind, listOf, objectWith, required } from '@tenfold/checks';
import type { Rng } from '@tenfold/random';
import { util } from '@tensorflow/tfjs-core';

/**
 * Returns the initial values of a parameter of the given shape, in row-major order. Kernels are [in, out] or [height, width, in,
 * out].
 */
export type Initializer = (shape: number[], rng: Rng) => Float32Array;

/** The kind of an option for an initializer. */
export const initializerKind: Kind = { ...func, expected: 'a function such as heNormal()' };

const size = util.sizeFromShape;

/** The number of inputs of one output of a kernel: the product of all axes except the last. */
export const fanIn = (shape: number[]): number => size(shape.slice(0, -1));

/** The number of outputs of one input of a kernel: the product of all axes except the second to last. */
export const fanOut = (shape: number[]): number => size([...shape.slice(0, -2), shape.at(-1)!]);

const shapes = required(listOf(index));
const streams = required(objectWith('a stream such as createRng(1)', 'fillUniform', 'fillNormal'));

/**
 * Makes an initializer that checks the shape and the stream that it is given.
 *
 * @param name of the function that returns it; starts errors
 */
export const defineInitializer =
  (name: string, fill: Initializer): Initializer =>
  (shape, rng) => {
    assertArgument(name, 'shape', shape, shapes);
    // What draws nothing needs no stream.
    if (fill.length > 1) assertArgument(name, 'rng', rng, streams);
    return fill(shape, rng);
  };
