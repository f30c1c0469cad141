import { type Array64, shapeSize } from '../array';
import { applyEpilogue, epilogueAttributes, epilogueInputs, epilogueNames } from '../epilogue';
import { readAxes, type WindowAttributes } from '../geometry';
import { type Input, normal, values } from '../inputs';
import type { Bound, Case, GradientRow, KernelRow } from '../row';

type Shape = readonly number[];
type Visit = (x: number, filter: number, y: number) => void;

interface Attributes extends WindowAttributes {
  dataFormat: 'NHWC';
}
/** The attributes of a gradient kernel: the shape of what it computes. */
interface GradientAttributes extends Attributes {
  inputShape: Shape;
  filterShape: Shape;
}

/** The shape of y, and every product of a convolution as indices into x, the filter and y. */
function products(x: Shape, filter: Shape, attributes: WindowAttributes, depthwise: boolean) {
  const [filterHeight, filterWidth, channels, last] = filter as [number, number, number, number];
  const outChannels = depthwise ? channels * last : last;
  const [rows, columns] = readAxes(x, [filterHeight, filterWidth], attributes);
  const [batch, height, width] = x as [number, number, number, number];
  const eachTap = (visit: (pixel: number, tap: number, out: number) => void): void => {
    for (let b = 0; b < batch; b++) {
      for (let oy = 0; oy < rows.out; oy++) {
        for (let ox = 0; ox < columns.out; ox++) {
          const out = (b * rows.out + oy) * columns.out + ox;
          for (const row of rows.taps(oy)) {
            for (const column of columns.taps(ox))
              visit((b * height + row.at) * width + column.at, row.tap * filterWidth + column.tap, out);
          }
        }
      }
    }
  };
  const each = (visit: Visit): void =>
    eachTap((pixel, tap, out) => {
      for (let c = 0; c < channels; c++) {
        for (let n = 0; n < last; n++) {
          const to = depthwise ? c * last + n : n;
          visit(pixel * channels + c, (tap * channels + c) * last + n, out * outChannels + to);
        }
      }
    });
  return { shape: [batch, rows.out, columns.out, outChannels], each };
}

const zeros = (shape: Shape): Array64 => ({ shape, values: new Float64Array(shapeSize(shape)) });

const convolved =
  (depthwise: boolean): KernelRow['reference'] =>
  ({ x, filter }, attributes: Attributes) => {
    const { shape, each } = products(x!.shape, filter!.shape, attributes, depthwise);
    const y = zeros(shape);
    each((i, f, o) => {
      y.values[o]! += x!.values[i]! * filter!.values[f]!;
    });
    return [y];
  };

const ofInput = (kernel: string, depthwise: boolean): GradientRow => ({
  kernel,
  saved: ({ filter }) => ({ filter: filter! }),
  attributes: (attributes: Attributes, { x }) => ({ ...attributes, inputShape: x!.shape }),
  outputs: ['x'],
  reference: ({ dy, filter }, attributes: GradientAttributes) => {
    const dx = zeros(attributes.inputShape);
    products(dx.shape, filter!.shape, attributes, depthwise).each((i, f, o) => {
      dx.values[i]! += dy!.values[o]! * filter!.values[f]!;
    });
    return [dx];
  },
  tolerance: roundingErrors,
});

const ofFilter = (kernel: string, depthwise: boolean): GradientRow => ({
  kernel,
  saved: ({ x }) => ({ x: x! }),
  attributes: (attributes: Attributes, { filter }) => ({ ...attributes, filterShape: filter!.shape }),
  outputs: ['filter'],
  reference: ({ dy, x }, attributes: GradientAttributes) => {
    const df = zeros(attributes.filterShape);
    products(x!.shape, df.shape, attributes, depthwise).each((i, f, o) => {
      df.values[f]! += x!.values[i]! * dy!.values[o]!;
    });
    return [df];
  },
  tolerance: roundingErrors,
});

// A sum of products, relative to the size of all sums; what Winograd's algorithm does may err twice as much.
const DIRECT: Bound = { rms: 1e-6 };
const WINOGRAD: Bound = { rms: 2e-6 };
function roundingErrors(expected: Array64[], inputs: { readonly [name: string]: Array64 }): Bound[] {
  const square = [...expected, ...Object.values(inputs)].some(
    ({ shape }) => shape[0] === 3 && shape[1] === 3,
  );
  return [square ? WINOGRAD : DIRECT];
}

const conv =
  (more: { depthwise: boolean }) =>
  (name: string, x: Shape, filter: Shape, attributes: Partial<Attributes> = {}): Case => {
    const all: Attributes = { strides: 1, pad: 'same', dilations: 1, dataFormat: 'NHWC', ...attributes };
    const [height, width] = filter as [number, number];
    const isWinograd =
      !more.depthwise && height === 3 && width === 3 && all.strides === 1 && all.dilations === 1;
    const inputs: { [name: string]: Input } = { x: normal(x, 1), filter: normal(filter, 2) };
    return { name: `${name}: [${x}]`, inputs, attributes: all, tolerance: isWinograd ? WINOGRAD : DIRECT };
  };
/** A layer of a training. */
const ofTraining = (one: Case, what: string): Case => ({
  ...one,
  name: `[${one.inputs.x!.shape}], ${what}`,
  speed: true,
  examples: ['x'],
});
const full = conv({ depthwise: false });
const thin = conv({ depthwise: true });
/** Layers of the cnn: image, channels in and out, filter, padding. */
const layers: [number, number, number, number, 'same' | 'valid'][] = [
  [32, 3, 24, 2, 'valid'],
  [32, 3, 32, 3, 'same'],
  [31, 24, 64, 3, 'same'],
  [15, 64, 64, 3, 'same'],
  [15, 64, 128, 3, 'same'],
  [7, 128, 128, 3, 'same'],
  [15, 64, 256, 3, 'same'],
  [7, 256, 256, 3, 'same'],
  [3, 256, 256, 3, 'same'],
];
const uneven = (top: number, bottom: number, left: number, right: number) =>
  [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ] as const;

/** Convolution of NHWC images. */
export const conv2d: KernelRow = {
  kernel: 'Conv2D',
  reference: convolved(false),
  cases: [
    full('3x3', [1, 4, 3, 2], [3, 3, 2, 3]),
    full('3x3', [2, 9, 8, 8], [3, 3, 8, 16]),
    full('3x3, valid', [2, 9, 8, 8], [3, 3, 8, 16], { pad: 'valid' }),
    full('1 channel to 1', [1, 5, 5, 1], [3, 3, 1, 1]),
    full('3 channels', [2, 8, 7, 3], [3, 3, 3, 10]),
    full('5 channels', [1, 6, 6, 5], [3, 3, 5, 7]),
    full('5 channels to 8', [1, 6, 6, 5], [3, 3, 5, 8]),
    full('8 channels to 5', [1, 6, 6, 8], [3, 3, 8, 5]),
    full('24 channels', [3, 7, 7, 24], [3, 3, 24, 64]),
    full('3 to 24, 2x2, valid', [2, 8, 8, 3], [2, 2, 3, 24], { pad: 'valid' }),
    full('1x1', [2, 6, 5, 12], [1, 1, 12, 20]),
    full('1x1, stride 2', [2, 6, 5, 12], [1, 1, 12, 20], { strides: 2 }),
    full('3x3, stride 2', [2, 9, 8, 6], [3, 3, 6, 9], { strides: 2 }),
    full('3x3, stride 2, valid', [2, 9, 8, 4], [3, 3, 4, 8], { strides: 2, pad: 'valid' }),
    full('strides 3 and 1', [1, 10, 7, 4], [3, 2, 4, 5], { strides: [3, 1] }),
    full('stride beyond the filter', [1, 9, 9, 4], [2, 2, 4, 5], { strides: 4, pad: 'valid' }),
    full('stride beyond the image', [2, 3, 3, 4], [2, 2, 4, 5], { strides: 7 }),
    full('dilation 2', [2, 9, 9, 4], [3, 3, 4, 6], { dilations: 2 }),
    full('dilations 2 and 3, valid', [1, 9, 10, 4], [3, 3, 4, 6], { dilations: [2, 3], pad: 'valid' }),
    full('number padding', [1, 6, 6, 4], [3, 3, 4, 6], { pad: 2 }),
    full('explicit padding', [1, 7, 6, 4], [3, 3, 4, 6], { pad: uneven(2, 1, 0, 3) }),
    full('5x5', [1, 7, 7, 4], [5, 5, 4, 6]),
    full('even filter, same', [1, 6, 6, 4], [4, 4, 4, 6]),
    full('filter as large as the image', [2, 4, 4, 6], [4, 4, 6, 8], { pad: 'valid' }),
    full('filter beyond the image', [1, 3, 3, 4], [5, 5, 4, 4]),
    full('1x1 image', [3, 1, 1, 6], [3, 3, 6, 8]),
    full('more channels than a block', [1, 4, 4, 700], [3, 3, 700, 9]),
    full('more outputs than a block', [1, 4, 4, 9], [3, 3, 9, 300]),
    full('more pixels than a block', [3, 31, 31, 24], [3, 3, 24, 16]),
    full('enough odd pixels to split the sum', [5, 29, 27, 3], [3, 3, 3, 5]),
    full('64 channels', [2, 15, 15, 64], [3, 3, 64, 64]),
    {
      ...full('huge with tiny', [1, 4, 4, 4], [1, 1, 4, 4]),
      inputs: {
        x: normal([1, 4, 4, 4], 1, { scale: 1e18 }),
        filter: normal([1, 1, 4, 4], 2, { scale: 1e-18 }),
      },
      extreme: true,
    },
    full('128 channels', [2, 7, 7, 128], [3, 3, 128, 128]),
    // From here on stride 1 and enough tiles for Winograd's algorithm.
    full('16 channels to 20', [9, 9, 10, 16], [3, 3, 16, 20]),
    full('68 channels to 36', [7, 6, 7, 68], [3, 3, 68, 36]),
    full('3x3, valid, 24 channels', [5, 11, 12, 24], [3, 3, 24, 32], { pad: 'valid' }),
    full('3x3, padding 2', [5, 8, 9, 16], [3, 3, 16, 24], { pad: 2 }),
    full('explicit padding, 16 channels', [8, 8, 9, 16], [3, 3, 16, 16], { pad: uneven(2, 0, 0, 1) }),
    full('one image of many tiles', [1, 27, 30, 32], [3, 3, 32, 40]),
    full('a tile per image', [29, 4, 4, 20], [3, 3, 20, 44]),
    full('3x3 images, many', [30, 3, 3, 128], [3, 3, 128, 64]),
    full('7x7 images, many', [6, 7, 7, 128], [3, 3, 128, 128]),
    full('3x3 image', [5, 3, 3, 128], [3, 3, 128, 128]),
    ...layers.map(([size, from, to, side, pad]) =>
      ofTraining(
        full('', [250, size, size, from], [side, side, from, to], { pad }),
        `${side}x${side} to ${to}${pad === 'same' ? '' : `, ${pad}`}`,
      ),
    ),
  ],
  tolerance: DIRECT,
  gradient: [ofInput('Conv2DBackpropInput', false), ofFilter('Conv2DBackpropFilter', false)],
};

/** Convolution of each channel by separate filters. */
export const depthwiseConv2d: KernelRow = {
  kernel: 'DepthwiseConv2dNative',
  reference: convolved(true),
  cases: [
    thin('3x3', [1, 4, 3, 2], [3, 3, 2, 2]),
    thin('3x3', [2, 9, 8, 16], [3, 3, 16, 1]),
    thin('1 channel', [1, 5, 5, 1], [3, 3, 1, 1]),
    thin('3 channels', [2, 8, 7, 3], [3, 3, 3, 1]),
    thin('45 channels', [1, 6, 6, 45], [3, 3, 45, 1], { pad: 'valid' }),
    thin('multiplier 2', [2, 6, 5, 6], [3, 3, 6, 2]),
    thin('multiplier 3, stride 2', [1, 7, 7, 5], [3, 3, 5, 3], { strides: 2 }),
    thin('stride 2', [2, 9, 8, 24], [3, 3, 24, 1], { strides: 2 }),
    thin('stride 2, valid', [2, 9, 8, 24], [3, 3, 24, 1], { strides: 2, pad: 'valid' }),
    thin('strides 3 and 1', [1, 10, 7, 4], [3, 2, 4, 1], { strides: [3, 1] }),
    thin('stride beyond the filter', [1, 9, 9, 4], [2, 2, 4, 1], { strides: 4, pad: 'valid' }),
    thin('dilation 2', [2, 9, 9, 20], [3, 3, 20, 1], { dilations: 2 }),
    thin('explicit padding', [1, 7, 6, 4], [3, 3, 4, 1], { pad: uneven(2, 1, 0, 3) }),
    thin('5x5', [1, 7, 7, 8], [5, 5, 8, 1]),
    thin('filter beyond the image', [1, 3, 3, 4], [5, 5, 4, 1]),
    thin('1x1 image', [3, 1, 1, 6], [3, 3, 6, 1]),
    thin('many rows', [4, 31, 31, 32], [3, 3, 32, 1]),
    ofTraining(thin('', [250, 15, 15, 64], [3, 3, 64, 1]), '3x3'),
  ],
  tolerance: DIRECT,
  gradient: [
    ofInput('DepthwiseConv2dNativeBackpropInput', true),
    ofFilter('DepthwiseConv2dNativeBackpropFilter', true),
  ],
};

const fused = (kernel: string, plain: KernelRow, cases: Case[]): KernelRow => ({
  kernel,
  reference: ({ bias, ...inputs }, attributes: Attributes & { activation: string }) => [
    applyEpilogue(plain.reference(inputs, attributes as never)[0]!, bias, attributes.activation),
  ],
  cases,
  tolerance: DIRECT,
});
const withEnding = (one: Case, bias: Input | undefined, activation: string): Case => ({
  ...one,
  name: `${one.name}${bias ? '' : ' without bias'}, ${activation}`,
  inputs: { ...one.inputs, ...(bias && { bias }), ...epilogueInputs(activation) },
  attributes: { ...one.attributes, activation, ...epilogueAttributes },
});

const ends = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1, 80, -2000];
const signs = [1, -1, 1, -1];
const extremes = (one: Case, channels: number, filter: Shape): Case => ({
  ...one,
  name: 'NaN, infinities, ±80 and ±2000',
  inputs: {
    x: values(
      ends.flatMap((value) => Array<number>(channels).fill(value)),
      [ends.length, 1, 1, channels],
    ),
    filter: values(signs, filter),
  },
  extreme: true,
});
const fullExtremes = extremes(full('', [6, 1, 1, 1], [1, 1, 1, 4]), 1, [1, 1, 1, 4]);
const thinExtremes = extremes(thin('', [6, 1, 1, 4], [1, 1, 4, 1]), 4, [1, 1, 4, 1]);

/** Convolution with a bias and an activation. */
export const fusedConv2d: KernelRow = fused('FusedConv2D', conv2d, [
  ...epilogueNames.flatMap((activation) => [
    withEnding(full('3x3', [2, 6, 5, 7], [3, 3, 7, 11]), normal([11], 3), activation),
    withEnding(fullExtremes, normal([4], 3), activation),
  ]),
  withEnding(full('3x3', [2, 6, 5, 7], [3, 3, 7, 8]), undefined, 'relu'),
]);
/** Depthwise convolution with a bias and an activation. */
export const fusedDepthwiseConv2d: KernelRow = fused('FusedDepthwiseConv2D', depthwiseConv2d, [
  ...epilogueNames.flatMap((activation) => [
    withEnding(thin('3x3', [2, 6, 5, 7], [3, 3, 7, 1]), normal([7], 3), activation),
    withEnding(thinExtremes, normal([4], 3), activation),
  ]),
  withEnding(thin('3x3', [2, 6, 5, 8], [3, 3, 8, 1]), undefined, 'relu'),
]);
