import { assertSize, count, flag, required } from '@tenfold/checks';
import type { Initializer } from '../initializers';
import { initializerKind } from '../initializers/initializer';
import { activations, type LayerActivation } from './activate';
import { type Padding, paddings, pairs } from './window';

/** The options of the parameters of every convolution. */
export interface ConvolutionParameterOptions {
  /** Whether to add a bias; true by default. */
  bias?: boolean;
  /** Initializer of the kernel; by default, uniform in ±1/√n, where n is the number of products in each sum. */
  initializer?: Initializer;
  /** Initializer of the bias; by default, uniform in ±1/√n, as the kernel. */
  biasInitializer?: Initializer;
  /** Activation function of the output, such as `relu`, which convolutions without groups fuse; none by default. */
  activation?: LayerActivation;
}

/** The options of every convolution of images. */
export interface ConvolutionOptions extends ConvolutionParameterOptions {
  /** Height and width of the kernel, or one number for both. */
  kernelSize: number | [number, number];
  /** Stride down and right, or one number for both; 1 by default. */
  strides?: number | [number, number];
  /**
   * Zeros around the image; 'same' by default. 'same' adds the number of zeros that makes the output ⌈size/stride⌉ high and
   * wide, half of them on each side and an odd one at the bottom or right. With stride 2 and kernel size 3, an even size gets one
   * zero at the bottom or right only, whereas PyTorch's padding 1 adds one on both sides. 'valid' adds none. A number, or
   * [vertical, horizontal], adds that many zeros on both sides, as in PyTorch.
   */
  padding?: Padding;
  /**
   * Dilation down and right, or one number for both; 1 by default. With strides above 1 as well, all pixels are computed and
   * every s-th of them is kept.
   */
  dilations?: number | [number, number];
}

export const parameterKinds = {
  bias: flag,
  initializer: initializerKind,
  biasInitializer: initializerKind,
  activation: activations,
};

export const convolutionKinds = {
  kernelSize: required(pairs),
  strides: pairs,
  padding: paddings,
  dilations: pairs,
  ...parameterKinds,
};

export const channelKinds = { inChannels: required(count), outChannels: required(count) };

/** Throws unless the channels of input and output can be divided into groups. */
export function assertGroups(name: string, groups: number, channels: { [option: string]: number }): void {
  for (const [option, size] of Object.entries(channels)) {
    if (size % groups !== 0) {
      throw new Error(`${name}: ${option} is ${size} and groups is ${groups}; groups must divide ${option}`);
    }
  }
}

/**
 * The number of products of each sum.
 *
 * @param channels the number that the sum runs over, by the name of its option
 * @throws when it is too large
 */
export function termsOf(
  name: string,
  options: object,
  size: readonly number[],
  channels: { [option: string]: number },
  groups: number,
): number {
  const terms = size.reduce((product, n) => product * n, Object.values(channels)[0]! / groups);
  assertSize(name, options, { kernelSize: size, ...channels }, 'the terms of a sum', terms);
  return terms;
}
