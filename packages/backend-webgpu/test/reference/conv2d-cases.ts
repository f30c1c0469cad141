import type { ConvAttrs } from '../../src/conv-info';

export interface ConvCase extends ConvAttrs {
  name: string;
  x: number[];
  filter: number[];
}

const conv = (name: string, x: number[], filter: number[], attrs: Partial<ConvAttrs> = {}): ConvCase => ({
  name,
  x,
  filter,
  strides: 1,
  pad: 'same',
  ...attrs,
});

/** One table for the values and the gradients of the convolution kernels. */
export const convCases: ConvCase[] = [
  conv('3x3', [2, 9, 8, 8], [3, 3, 8, 16]),
  conv('3x3, valid', [2, 9, 8, 8], [3, 3, 8, 16], { pad: 'valid' }),
  conv('1 channel to 1', [1, 5, 5, 1], [3, 3, 1, 1]),
  conv('3 channels', [2, 8, 7, 3], [3, 3, 3, 10]),
  conv('5 channels', [1, 6, 6, 5], [3, 3, 5, 7]),
  conv('5 channels to 8', [1, 6, 6, 5], [3, 3, 5, 8]),
  conv('8 channels to 5', [1, 6, 6, 8], [3, 3, 8, 5]),
  conv('24 channels to 64', [3, 7, 7, 24], [3, 3, 24, 64]),
  conv('3 to 24, 2x2, valid', [2, 8, 8, 3], [2, 2, 3, 24], { pad: 'valid' }),
  conv('1x1', [2, 6, 5, 12], [1, 1, 12, 20]),
  conv('1x1, stride 2', [2, 6, 5, 12], [1, 1, 12, 20], { strides: 2 }),
  conv('3x3, stride 2', [2, 9, 8, 6], [3, 3, 6, 9], { strides: 2 }),
  conv('3x3, stride 2, valid, 4 channels', [2, 9, 8, 4], [3, 3, 4, 8], { strides: 2, pad: 'valid' }),
  conv('strides 3 and 1', [1, 10, 7, 4], [3, 2, 4, 5], { strides: [3, 1] }),
  conv('stride beyond the filter', [1, 9, 9, 4], [2, 2, 4, 5], { strides: 4, pad: 'valid' }),
  conv('stride beyond the image', [2, 3, 3, 4], [2, 2, 4, 5], { strides: 7 }),
  conv('dilation 2', [2, 9, 9, 4], [3, 3, 4, 8], { dilations: 2 }),
  conv('dilations 2 and 3, valid', [1, 9, 10, 4], [3, 3, 4, 6], { dilations: [2, 3], pad: 'valid' }),
  conv('number padding', [1, 6, 6, 4], [3, 3, 4, 6], { pad: 2 }),
  conv('explicit padding', [1, 7, 6, 4], [3, 3, 4, 6], {
    pad: [
      [0, 0],
      [2, 1],
      [0, 3],
      [0, 0],
    ],
  }),
  conv('even filter, same', [1, 6, 6, 4], [4, 4, 4, 6]),
  conv('filter beyond the image', [1, 3, 3, 4], [5, 5, 4, 4]),
  conv('1x1 image', [3, 1, 1, 6], [3, 3, 6, 8]),
  conv('more channels than a tile', [1, 4, 4, 132], [3, 3, 132, 9]),
  conv('more outputs than a tile', [1, 4, 4, 9], [3, 3, 9, 100]),
  conv('enough pixels to split the sum', [3, 31, 31, 8], [3, 3, 8, 16]),
  conv('enough odd pixels to split the sum', [5, 29, 27, 3], [3, 3, 3, 5]),
  conv('64 channels', [2, 15, 15, 64], [3, 3, 64, 64]),
];
