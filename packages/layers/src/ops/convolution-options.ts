import { flag, func, required } from '@tenfold/checks';
import type { Initializer } from '../initializers';
import { activations, type LayerActivation } from './activate';
import { type Padding, paddings, pairs } from './window';

/** The options of every convolution. */
export interface ConvolutionOptions {
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
  /** Dilation down and right, or one number for both; 1 by default. Strides or dilations must be 1. */
  dilations?: number | [number, number];
  /** Whether to add a bias; true by default. */
  bias?: boolean;
  /** Initializer of the kernel; by default, uniform in ±1/√n, where n is the number of products in each sum. */
  initializer?: Initializer;
  /** Initializer of the bias; by default, uniform in ±1/√n, as the kernel. */
  biasInitializer?: Initializer;
  /** Activation function of the output, such as `relu`, which `conv2d` fuses into the convolution; none by default. */
  activation?: LayerActivation;
}

export const convolutionKinds = {
  kernelSize: required(pairs),
  strides: pairs,
  padding: paddings,
  dilations: pairs,
  bias: flag,
  initializer: func,
  biasInitializer: func,
  activation: activations,
};
