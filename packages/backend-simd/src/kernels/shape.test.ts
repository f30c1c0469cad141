import { createRng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../register';
import { randomTensor, testedBackends } from '../../test/backends';
import { fallback } from '../fallback';
import { limits } from './grain';
import { kernels } from './index';

interface Case {
  kernel: string;
  shapes: number[][];
  attrs: object;
}

const unaryCase = (kernel: string, shape: number[], attrs: object): Case => ({
  kernel,
  shapes: [shape],
  attrs,
});
const permutations = (n: number): number[][] =>
  n === 0
    ? [[]]
    : permutations(n - 1).flatMap((p) => Array.from({ length: n }, (_, i) => p.toSpliced(i, 0, n - 1)));

const cases: Case[] = [
  ...[1, 2, 3, 4].flatMap((rank) =>
    permutations(rank).map((perm) => unaryCase(tf.Transpose, [5, 3, 4, 6].slice(0, rank), { perm })),
  ),
  ...[
    [16, 16],
    [17, 33],
    [64, 65],
    [1, 100],
    [100, 3],
    [257, 129],
  ].map((shape) => unaryCase(tf.Transpose, shape, { perm: [1, 0] })),
  unaryCase(tf.Transpose, [2, 64, 3, 16], { perm: [0, 2, 1, 3] }),
  unaryCase(tf.Transpose, [2, 64, 3, 16], { perm: [0, 2, 3, 1] }),
  unaryCase(tf.Transpose, [2, 4, 3, 4, 5, 3], { perm: [0, 1, 3, 2, 4, 5] }),
  unaryCase(tf.Transpose, [2, 3, 4, 2, 3, 2], { perm: [5, 4, 3, 2, 1, 0] }),
  unaryCase(tf.Transpose, [2, 3, 4, 2, 3, 2], { perm: [4, 2, 0, 1, 3, 5] }),
  unaryCase(tf.Transpose, [7, 1, 9, 1], { perm: [3, 2, 1, 0] }),
  unaryCase(tf.Slice, [1000], { begin: [3], size: [990] }),
  unaryCase(tf.Slice, [20, 30], { begin: [5, 0], size: [10, 30] }),
  unaryCase(tf.Slice, [20, 30], { begin: [5, 7], size: [10, -1] }),
  unaryCase(tf.Slice, [4, 5, 6, 7], { begin: [1, 2, 3, 4], size: [2, 3, 2, 1] }),
  unaryCase(tf.Slice, [3, 3, 3, 3, 3, 3], { begin: [1, 0, 1, 0, 1, 0], size: [2, 3, 2, 2, 1, 3] }),
  unaryCase(tf.Slice, [3, 3, 3, 3, 3, 3], { begin: [1, 1, 1, 1, 1, 1], size: [2, 2, 2, 2, 2, 2] }),
  unaryCase(tf.Slice, [8, 8], { begin: [2, 2], size: [0, 3] }),
  unaryCase(tf.SplitV, [12, 10], { numOrSizeSplits: 3, axis: 0 }),
  unaryCase(tf.SplitV, [12, 10], { numOrSizeSplits: [1, 7, 2], axis: 1 }),
  unaryCase(tf.SplitV, [4, 6, 5], { numOrSizeSplits: 2, axis: -2 }),
  {
    kernel: tf.Concat,
    shapes: [
      [9, 10],
      [2, 10],
      [0, 10],
    ],
    attrs: { axis: 0 },
  },
  {
    kernel: tf.Concat,
    shapes: [
      [9, 10],
      [9, 3],
      [9, 1],
    ],
    attrs: { axis: 1 },
  },
  {
    kernel: tf.Concat,
    shapes: [
      [2, 3, 4],
      [2, 5, 4],
    ],
    attrs: { axis: -2 },
  },
  {
    kernel: tf.Pack,
    shapes: [
      [9, 10],
      [9, 10],
    ],
    attrs: { axis: 0 },
  },
  {
    kernel: tf.Pack,
    shapes: [
      [9, 10],
      [9, 10],
      [9, 10],
    ],
    attrs: { axis: 2 },
  },
  {
    kernel: tf.Pack,
    shapes: [
      [4, 5, 6],
      [4, 5, 6],
    ],
    attrs: { axis: 1 },
  },
  unaryCase(tf.Unpack, [3, 40], { axis: 0 }),
  unaryCase(tf.Unpack, [3, 40], { axis: -1 }),
  unaryCase(tf.Unpack, [4, 5, 6], { axis: 1 }),
  unaryCase(tf.PadV2, [100], { paddings: [[3, 5]], constantValue: 2.5 }),
  unaryCase(tf.PadV2, [3, 8, 8, 5], {
    paddings: [
      [0, 0],
      [1, 2],
      [3, 0],
      [0, 0],
    ],
    constantValue: 0,
  }),
  unaryCase(tf.PadV2, [3, 4, 5, 6], {
    paddings: [
      [1, 1],
      [1, 2],
      [3, 0],
      [0, 1],
    ],
    constantValue: -1,
  }),
  unaryCase(tf.Tile, [64], { reps: [3] }),
  unaryCase(tf.Tile, [1, 70], { reps: [9, 1] }),
  unaryCase(tf.Tile, [9, 1], { reps: [1, 70] }),
  unaryCase(tf.Tile, [2, 3, 4], { reps: [3, 1, 2] }),
  unaryCase(tf.Tile, [2, 3, 4], { reps: [2, 2, 2] }),
  unaryCase(tf.Reverse, [65], { dims: 0 }),
  unaryCase(tf.Reverse, [5, 6, 7], { dims: [0, 2] }),
  unaryCase(tf.Reverse, [4, 8, 8, 3], { dims: 2 }),
  unaryCase(tf.ZerosLike, [70], {}),
  unaryCase(tf.OnesLike, [7, 11], {}),
];

const tested = await testedBackends();
beforeAll(() => {
  limits.small = 0;
});
afterAll(() => {
  limits.small = 64;
});

for (const { name, backend } of tested) {
  const read = ({ dataId }: tf.TensorInfo) => Array.from(backend.readSync(dataId) as Float32Array);
  const compare = (kernelName: string, inputs: tf.NamedTensorInfoMap, attrs: object) => {
    const kernel = kernels.find((kernel) => kernel.kernelName === kernelName)!;
    const call = { inputs, backend, attrs: attrs as tf.NamedAttrMap };
    const [got, want] = [kernel.kernelFunc(call), fallback(kernelName)(call)].map((x) => [x].flat());
    expect(got!.map(({ shape }) => shape)).toEqual(want!.map(({ shape }) => shape));
    expect(got!.map(({ dtype }) => dtype)).toEqual(want!.map(({ dtype }) => dtype));
    expect(got!.map(read)).toEqual(want!.map(read));
    for (const { dataId } of [...got!, ...want!]) backend.disposeData(dataId);
  };

  describe(`moving elements (${name})`, () => {
    for (const { kernel, shapes, attrs } of cases) {
      it(`${kernel} [${shapes.join('] [')}] ${JSON.stringify(attrs)}`, () => {
        const before = backend.memory().arenaBytes;
        const tensors = shapes.map((shape, i) => randomTensor(backend, shape, i));
        const named = kernel === tf.Unpack ? { value: tensors[0]! } : { x: tensors[0]! };
        const many = tensors.length > 1;
        compare(kernel, many ? (tensors as unknown as tf.NamedTensorInfoMap) : named, attrs);
        for (const { dataId } of tensors) backend.disposeData(dataId);
        expect(backend.memory().arenaBytes).toBe(before);
      });
    }

    it('moves integers too', () => {
      const x = backend.makeTensorInfo(
        [12, 10],
        'int32',
        Int32Array.from({ length: 120 }, (_, i) => i - 7),
      );
      compare(tf.Transpose, { x }, { perm: [1, 0] });
      compare(tf.Slice, { x }, { begin: [2, 3], size: [4, 5] });
      compare(tf.Concat, [x, x] as unknown as tf.NamedTensorInfoMap, { axis: 1 });
    });

    it('gathers, one-hot encodes and sums segments like tfjs', () => {
      const rng = createRng(1);
      const ids = Int32Array.from({ length: 300 }, () => rng.integer(7));
      const indices = backend.makeTensorInfo([300], 'int32', ids);
      for (const shape of [[7, 64], [7, 5], [7], [7, 3, 5]]) {
        compare(tf.GatherV2, { x: randomTensor(backend, shape), indices }, { axis: 0, batchDims: 0 });
      }
      compare(tf.GatherV2, { x: randomTensor(backend, [3, 7, 5]), indices }, { axis: 1 });
      compare(tf.OneHot, { indices }, { depth: 5, onValue: 2, offValue: -1, dtype: 'float32' });
      for (const inner of [[], [1], [5], [64], [3, 7]]) {
        // Multiples of 1/4 add up without rounding.
        const values = randomTensor(backend, [300, ...inner]);
        const quarters = (backend.readSync(values.dataId) as Float32Array).map((v) => Math.round(4 * v) / 4);
        const x = backend.makeTensorInfo([300, ...inner], 'float32', quarters);
        compare(tf.UnsortedSegmentSum, { x, segmentIds: indices }, { numSegments: 6 });
      }
    });

    it('rejects indices outside the axis', () => {
      const indices = backend.makeTensorInfo([2], 'int32', Int32Array.from([0, 7]));
      const gather = kernels.find(({ kernelName }) => kernelName === tf.GatherV2)!;
      const inputs = { x: randomTensor(backend, [7, 64]), indices };
      expect(() => gather.kernelFunc({ inputs, backend, attrs: { axis: 0 } })).toThrow(/index value 7/);
    });
  });
}
