import type { ConvAttrs } from '../../src/conv-info';
import type { ConvCase } from './conv2d-cases';

const conv = (name: string, x: number[], filter: number[], attrs: Partial<ConvAttrs> = {}): ConvCase => ({
  name,
  x,
  filter,
  strides: 1,
  pad: 'same',
  ...attrs,
});

/** One table for values, gradients and speed of the depthwise kernels. */
export const depthwiseCases: ConvCase[] = [
  conv('3x3', [2, 9, 8, 16], [3, 3, 16, 1]),
  conv('1 channel', [1, 5, 5, 1], [3, 3, 1, 1]),
  conv('3 channels', [2, 8, 7, 3], [3, 3, 3, 1]),
  conv('45 channels', [1, 6, 6, 45], [3, 3, 45, 1], { pad: 'valid' }),
  conv('multiplier 2', [2, 6, 5, 6], [3, 3, 6, 2]),
  conv('multiplier 3, stride 2', [1, 7, 7, 5], [3, 3, 5, 3], { strides: 2 }),
  conv('stride 2', [2, 9, 8, 24], [3, 3, 24, 1], { strides: 2 }),
  conv('stride 2, valid', [2, 9, 8, 24], [3, 3, 24, 1], { strides: 2, pad: 'valid' }),
  conv('strides 3 and 1', [1, 10, 7, 4], [3, 2, 4, 1], { strides: [3, 1] }),
  conv('stride beyond the filter', [1, 9, 9, 4], [2, 2, 4, 1], { strides: 4, pad: 'valid' }),
  conv('dilation 2', [2, 9, 9, 20], [3, 3, 20, 1], { dilations: 2 }),
  conv('explicit padding', [1, 7, 6, 4], [3, 3, 4, 1], {
    pad: [
      [0, 0],
      [2, 1],
      [0, 3],
      [0, 0],
    ],
  }),
  conv('5x5', [1, 7, 7, 8], [5, 5, 8, 1]),
  conv('filter beyond the image', [1, 3, 3, 4], [5, 5, 4, 1]),
  conv('1x1 image', [3, 1, 1, 6], [3, 3, 6, 1]),
  conv('many rows', [4, 31, 31, 32], [3, 3, 32, 1]),
];
