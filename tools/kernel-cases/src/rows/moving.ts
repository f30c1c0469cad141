import { type Array64, make } from '../array';
import { normal } from '../inputs';
import type { Case, KernelRow } from '../row';

type Shape = readonly number[];

/** An array of that shape whose elements are those of x at the index that `from` gives, or `outside`. */
function moved(x: Array64, shape: Shape, from: (index: number[]) => number[], outside = 0): Array64 {
  return make(shape, (flat) => {
    const index = new Array<number>(shape.length);
    for (let axis = shape.length - 1, rest = flat; axis >= 0; axis--) {
      index[axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    const found = from(index);
    if (found.some((i, axis) => i < 0 || i >= x.shape[axis]!)) return outside;
    return x.values[found.reduce((at, i, axis) => at * x.shape[axis]! + i, 0)]!;
  });
}

const createCase = (shape: Shape, attributes: object): Case => ({
  name: `[${shape}], ${Object.entries(attributes)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(', ')}`,
  inputs: { x: normal(shape, 1) },
  attributes,
});
const ofTraining = (shape: Shape, attributes: object): Case => ({
  ...createCase(shape, attributes),
  speed: true,
});

/** Axes in another order; two axes at least, since tf.transpose returns a vector as it is. */
export const transpose: KernelRow = {
  kernel: 'Transpose',
  reference: ({ x }, { perm }: { perm: Shape }) => [
    moved(
      x!,
      perm.map((axis) => x!.shape[axis]!),
      (index) => x!.shape.map((_, axis) => index[perm.indexOf(axis)]!),
    ),
  ],
  cases: [
    createCase([33, 70], { perm: [1, 0] }),
    createCase([5, 9, 11], { perm: [2, 0, 1] }),
    createCase([3, 17, 5, 4], { perm: [0, 2, 1, 3] }),
    createCase([2, 3, 4, 5, 6], { perm: [4, 2, 0, 3, 1] }),
    ofTraining([1024, 1024], { perm: [1, 0] }),
    ofTraining([128, 64, 3, 64], { perm: [0, 2, 1, 3] }),
    ofTraining([128, 3, 64, 64], { perm: [0, 1, 3, 2] }),
  ],
  tolerance: {},
};

/** A part of every axis. */
export const slice: KernelRow = {
  kernel: 'Slice',
  reference: ({ x }, { begin, size }: { begin: Shape; size: Shape }) => [
    moved(x!, size, (index) => index.map((i, axis) => i + begin[axis]!)),
  ],
  cases: [
    createCase([100], { begin: [7], size: [65] }),
    createCase([20, 30], { begin: [3, 0], size: [9, 30] }),
    createCase([20, 30], { begin: [0, 4], size: [20, 11] }),
    createCase([4, 5, 6, 7], { begin: [1, 0, 2, 3], size: [3, 5, 4, 2] }),
    ofTraining([128, 64, 576], { begin: [0, 0, 192], size: [128, 64, 192] }),
  ],
  tolerance: {},
};

/** Of images for random crops. */
const around = [
  [0, 0],
  [4, 4],
  [4, 4],
  [0, 0],
];

/** A constant around every axis. */
export const pad: KernelRow = {
  kernel: 'PadV2',
  reference: ({ x }, { paddings, constantValue }: { paddings: Shape[]; constantValue: number }) => [
    moved(
      x!,
      x!.shape.map((size, axis) => size + paddings[axis]![0]! + paddings[axis]![1]!),
      (index) => index.map((i, axis) => i - paddings[axis]![0]!),
      constantValue,
    ),
  ],
  cases: [
    createCase([70], { paddings: [[3, 0]], constantValue: 1.5 }),
    createCase([9, 8], {
      paddings: [
        [0, 2],
        [1, 3],
      ],
      constantValue: -2,
    }),
    createCase([3, 7, 6, 3], { paddings: around, constantValue: 0 }),
    ofTraining([128, 32, 32, 3], { paddings: around, constantValue: 0 }),
  ],
  tolerance: {},
};
