import { type Array64, shapeSize } from '../array';
import { readAxes, type WindowAttributes } from '../geometry';
import { type Input, normal, values } from '../inputs';
import type { Case, KernelRow } from '../row';

interface Attributes extends WindowAttributes {
  filterSize: number | readonly [number, number];
}

const readSizes = ({ filterSize }: Attributes): readonly [number, number] =>
  typeof filterSize === 'number' ? [filterSize, filterSize] : filterSize;

/** The shape of the output, and for each element of it the places of x in its window, row by row. */
function windows({ shape }: Array64, attributes: Attributes) {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const [rows, columns] = readAxes(shape, readSizes(attributes), attributes);
  const places: number[][] = [];
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < rows.out; y++) {
      for (let x = 0; x < columns.out; x++) {
        for (let c = 0; c < channels; c++)
          places.push(
            rows
              .taps(y)
              .flatMap((row) =>
                columns.taps(x).map((column) => ((b * height + row.at) * width + column.at) * channels + c),
              ),
          );
      }
    }
  }
  return { shape: [batch, rows.out, columns.out, channels], places };
}

const pooled = (x: Array64, attributes: Attributes, one: (values: number[]) => number): Array64 => {
  const { shape, places } = windows(x, attributes);
  return { shape, values: Float64Array.from(places, (at) => one(at.map((i) => x.values[i]!))) };
};

// Quarters, so that windows have ties, and below 0, so that padding must not win.
const coarse = (shape: readonly number[]): Input => {
  const { values } = normal(shape, 1);
  return { shape, values: () => values().map((value) => Math.round(value * 4) / 4 - 5) };
};
const createCase = (
  shape: readonly number[],
  filterSize: Attributes['filterSize'],
  strides: number,
  pad: Attributes['pad'],
  x = coarse(shape),
): Case => ({
  name: `[${shape}], window ${filterSize}, strides ${strides}, padding ${pad}`,
  inputs: { x },
  attributes: { filterSize, strides, pad },
});
const [nan, most, least] = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
// biome-ignore format: as the image is
const ends = values([
  nan,   1,     least, least, nan, nan, 0, -0,
  2,     nan,   least, least, nan, nan, -0, 0,
  -1e30, -2e30, most,  3,     nan, least, 5, 5,
  -3e30, -1e30, nan,   most,  least, nan, nan, 5,
], [1, 4, 8, 1]);
const cases: Case[] = [
  { ...createCase([1, 4, 8, 1], 2, 2, 'valid', ends), name: 'NaN, infinities and −1e30' },
  createCase([1, 1, 1, 1], 1, 1, 'valid'),
  createCase([2, 4, 4, 1], 2, 2, 'valid'),
  createCase([3, 31, 31, 64], 2, 2, 'valid'),
  createCase([2, 7, 7, 5], 2, 2, 'same'),
  createCase([2, 7, 9, 6], 3, 2, 'same'),
  createCase([2, 8, 8, 7], 3, 1, 'same'),
  createCase([2, 8, 8, 9], 2, 1, 'valid'),
  createCase([1, 6, 5, 4], [3, 2], 3, 1),
  createCase([2, 5, 5, 3], 2, 3, 'valid'),
  createCase([1, 4, 4, 2], 1, 2, 'valid'),
  createCase([1, 9, 9, 2], 5, 3, 'same'),
  createCase([4, 8, 8, 16], 8, 8, 'valid'),
  {
    ...createCase([2, 4, 4, 1], 2, 2, 'valid'),
    name: 'gradients that are NaN or infinite',
    gradients: { dy: values([nan, 1, most, 2, 3, least, 4, nan], [2, 2, 2, 1]) },
  },
  {
    ...createCase([1, 5, 5, 1], 3, 2, 'valid'),
    name: 'gradients that are NaN or infinite, of windows that overlap',
    gradients: { dy: values([nan, 1, most, least], [1, 2, 2, 1]) },
  },
  { ...createCase([250, 31, 31, 64], 2, 2, 'valid'), speed: true, examples: ['x'] },
];
/** Numbers without ties: finite differences see one largest. */
const distinct = [createCase([1, 4, 4, 2], 2, 2, 'valid', normal([1, 4, 4, 2], 5))];
const tied = cases.map((one): Case => ({ ...one, extreme: true }));

/** Of places the first with the largest value above −∞; as in tfjs NaN counts as smaller than everything. */
const firstLargest = ({ values }: Array64, at: readonly number[]): number | undefined =>
  at.reduce<number | undefined>(
    (best, i) => (values[i]! > (best === undefined ? least : values[best]!) ? i : best),
    undefined,
  );

/** The largest of a window. */
export const maxPool: KernelRow = {
  kernel: 'MaxPool',
  reference: ({ x }, attributes: Attributes) => [
    pooled(x!, attributes, (values) => Math.max(...values.filter((value) => !Number.isNaN(value)))),
  ],
  cases: [...tied, ...distinct],
  tolerance: {},
  gradient: {
    kernel: 'MaxPoolGrad',
    saved: ({ x }, [y]) => ({ input: x!, output: y! }),
    outputs: ['x'],
    // The first largest takes the gradient.
    reference: ({ dy, input }, attributes: Attributes) => {
      const dx = new Float64Array(shapeSize(input!.shape));
      windows(input!, attributes).places.forEach((at, o) => {
        const best = firstLargest(input!, at);
        if (best !== undefined) dx[best]! += dy!.values[o]!;
      });
      return [{ shape: input!.shape, values: dx }];
    },
    tolerance: { absolute: 1e-6, relative: 1e-6 },
  },
};

/** The mean of a window's places within the image; its gradient divides by the window's whole size, as tfjs's kernels do. */
export const avgPool: KernelRow = {
  kernel: 'AvgPool',
  reference: ({ x }, attributes: Attributes) => [
    pooled(x!, attributes, (values) => values.reduce((sum, value) => sum + value, 0) / values.length),
  ],
  // With padding that gradient is none of the value's; @tenfold/gradients corrects it.
  cases: [...tied, ...distinct],
  tolerance: { absolute: 1e-6, relative: 1e-6 },
  gradient: {
    kernel: 'AvgPoolGrad',
    saved: ({ x }) => ({ input: x! }),
    outputs: ['x'],
    reference: ({ dy, input }, attributes: Attributes) => {
      const dx = new Float64Array(shapeSize(input!.shape));
      const [height, width] = readSizes(attributes);
      windows(input!, attributes).places.forEach((at, o) => {
        for (const i of at) dx[i]! += dy!.values[o]! / (height * width);
      });
      return [{ shape: input!.shape, values: dx }];
    },
    tolerance: { absolute: 1e-6, relative: 1e-6 },
  },
};
