import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import type { ArrayData, Arrays } from './arrays';
import { fromArrays } from './from-arrays';
import type { BatchOptions, BatchSource, BatchTensors } from './index';

beforeAll(() => tf.setBackend('cpu'));

const three = { batchSize: 3 };

/** The values, shape and dtype of each tensor of an epoch. */
function readEpoch(source: BatchSource<BatchTensors, BatchTensors>, epoch = 0) {
  const describeTensors = (tensors: BatchTensors) =>
    Object.fromEntries(
      Object.entries(tensors instanceof tf.Tensor ? { '': tensors } : tensors).map(([name, t]) => [
        name,
        { values: [...t.dataSync()], shape: t.shape, dtype: t.dtype as string },
      ]),
    );
  return Array.from(source.batches(epoch), ({ xs, ys }) => {
    const found = { xs: describeTensors(xs), ys: describeTensors(ys) };
    tf.dispose([xs, ys] as tf.TensorContainer);
    return found;
  });
}

/** The single batch of these examples. */
const readBatch = (values: ArrayData) => readEpoch(fromArrays(values, values, three))[0]!.xs['']!;

describe('fromArrays', () => {
  it('keeps examples with their labels, with the remaining ones in the last batch', () => {
    const source = fromArrays(
      [
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
      ],
      [0.5, 1.5, 2.7, -4],
      three,
    );
    expect(source).toMatchObject({ batchSize: 3, stepsPerEpoch: 2, size: 4 });
    const [first, second] = readEpoch(source);
    expect(first!.xs['']).toEqual({ values: [1, 2, 3, 4, 5, 6], shape: [3, 2], dtype: 'float32' });
    expect(second!.xs['']).toEqual({ values: [7, 8], shape: [1, 2], dtype: 'float32' });
    expect(first!.ys['']!.values).toEqual([0.5, 1.5, Math.fround(2.7)]); // targets are not truncated to integers
    expect(second!.ys['']).toEqual({ values: [-4], shape: [1], dtype: 'float32' });
  });

  it.each<[string, ArrayData, string, number[]]>([
    ['numbers', [1, -2, 0.5], 'float32', [1, -2, 0.5]],
    ['booleans', [true, false, true], 'bool', [1, 0, 1]],
    ['Float32Array', Float32Array.of(1, 0.5, -1), 'float32', [1, 0.5, -1]],
    ['Float64Array', Float64Array.of(1, 0.5, -1), 'float32', [1, 0.5, -1]],
    ['Int8Array', Int8Array.of(-128, 0, 127), 'int32', [-128, 0, 127]],
    ['Int16Array', Int16Array.of(-300, 0, 300), 'int32', [-300, 0, 300]],
    ['Int32Array', Int32Array.of(-70000, 0, 70000), 'int32', [-70000, 0, 70000]],
    ['Uint8Array', Uint8Array.of(0, 255, 7), 'int32', [0, 255, 7]],
    ['Uint8ClampedArray', Uint8ClampedArray.of(0, 255, 7), 'int32', [0, 255, 7]],
    ['Buffer', Buffer.from([0, 255, 7]), 'int32', [0, 255, 7]],
    ['Uint16Array', Uint16Array.of(0, 300, 7), 'int32', [0, 300, 7]],
    ['Uint32Array', Uint32Array.of(0, 70000, 7), 'int32', [0, 70000, 7]],
    ['an int32 tensor', tf.tensor1d([1, 2, 3], 'int32'), 'int32', [1, 2, 3]],
    ['a bool tensor', tf.tensor1d([true, false, true], 'bool'), 'bool', [1, 0, 1]],
  ])('converts %s', (_, values, dtype, expected) => {
    expect(readBatch(values)).toEqual({ values: expected, shape: [3], dtype });
  });

  it('accepts nested arrays of any depth, typed rows, and tensors of any rank', () => {
    expect(
      readBatch([
        [[1], [2]],
        [[3], [4]],
      ]),
    ).toMatchObject({ values: [1, 2, 3, 4], shape: [2, 2, 1] });
    const rows = [Float32Array.of(1, 2), Float32Array.of(3, 4)];
    expect(readBatch(rows)).toEqual({ values: [1, 2, 3, 4], shape: [2, 2], dtype: 'float32' });
    expect(readBatch([Uint8Array.of(1, 2), Uint8Array.of(3, 4)]).dtype).toBe('int32');
    const tensor = tf.reshape(tf.range(0, 12), [3, 2, 2]);
    expect(readBatch(tensor)).toMatchObject({ values: [...Array(12).keys()], shape: [3, 2, 2] });
  });

  it('accepts several arrays by name, and the examples as labels', () => {
    const xs = { rooms: [[2], [3]], place: Int32Array.of(7, 8) };
    const source = fromArrays(xs, xs, three);
    const [batch] = readEpoch(source);
    expect(batch!.xs).toEqual({
      rooms: { values: [2, 3], shape: [2, 1], dtype: 'float32' },
      place: { values: [7, 8], shape: [2], dtype: 'int32' },
    });
    expect(batch!.ys).toEqual(batch!.xs);
    expectTypeOf(source).toEqualTypeOf<
      BatchSource<
        { readonly rooms: tf.Tensor; readonly place: tf.Tensor },
        { readonly rooms: tf.Tensor; readonly place: tf.Tensor }
      >
    >();
    expectTypeOf(fromArrays([1], [1], three)).toEqualTypeOf<BatchSource>();
  });

  it('shuffles examples with their labels, depending only on seed and epoch, tensors like arrays', () => {
    const values = [...Array(20).keys()];
    const options = { batchSize: 6, shuffle: true, seed: 4 };
    const source = fromArrays(values, tf.tensor1d(values), options);
    const late = readEpoch(source, 7);
    for (const { xs, ys } of late) expect(xs['']!.values).toEqual(ys['']!.values);
    const seen = late.flatMap(({ xs }) => xs['']!.values);
    expect(seen).not.toEqual(values);
    expect([...seen].sort((a, b) => a - b)).toEqual(values);
    readEpoch(source, 0);
    expect(readEpoch(source, 7)).toEqual(late);
    expect(readEpoch(fromArrays(values, values, options), 7)).toEqual(late);
    expect(readEpoch(source, 8)).not.toEqual(late);
  });

  it('copies arrays, and gives each batch a new array', () => {
    const values = Float32Array.of(1, 2, 3);
    const source = fromArrays(values, [[1], [2], [3]], three);
    values.fill(9);
    for (const { xs, ys } of source.batches(0)) {
      xs.dataSync().fill(-1);
      ys.dataSync().fill(-1);
      tf.dispose([xs, ys]);
    }
    expect(readEpoch(source)[0]!.xs['']!.values).toEqual([1, 2, 3]);
  });

  it('creates only the tensors of one batch at a time, also on errors', () => {
    const kept = tf.tensor1d([1, 2, 3]);
    const gone = tf.tensor1d([1, 2, 3]);
    const source = fromArrays({ a: kept, b: [1, 2, 3] }, gone, { batchSize: 2 });
    const before = tf.memory().numTensors;
    for (const { xs, ys } of source.batches(0)) {
      expect(tf.memory().numTensors).toBe(before + 3);
      tf.dispose([xs.a, xs.b, ys]);
    }
    gone.dispose();
    expect(() => [...source.batches(0)]).toThrow(/^fromArrays: the tensor ys is disposed; keep it/);
    expect(tf.memory().numTensors).toBe(before - 1);
    kept.dispose();
  });

  const bad: [string, unknown, unknown, RegExp][] = [
    ['other numbers', [1, 2], [1], /^fromArrays: xs has 2 examples but ys has 1; give the same number/],
    [
      'a flat array',
      new Float32Array(8),
      [1, 2],
      /^fromArrays: xs has 8 examples but ys has 2; .* make a tensor of a flat typed array: tf\.tensor\(values, \[examples, …\]\)/,
    ],
    [
      'other numbers by name',
      { a: [1], b: [1, 2] },
      [1],
      /^fromArrays: xs\.a has 1 examples but xs\.b has 2/,
    ],
    ['ragged rows', [[1, 2], [3]], [1, 2], /^fromArrays: xs\[1\] has 1 entries, expected 2 entries/],
    ['rows that are deeper', [1, [2]], [1, 2], /^fromArrays: xs\[1\] has 1 entries, expected a number/],
    ['rows that are missing', [[1], 2], [1, 2], /^fromArrays: xs\[1\] is 2, expected 1 entries/],
    ['text', [1, 2], ['1', 'x'], /^fromArrays: ys\[0\] is "1"; give numbers or booleans/],
    ['null', [1, null], [1, 2], /^fromArrays: xs\[1\] is null/],
    ['holes', [1, 2], new Array(2), /^fromArrays: ys\[0\] is undefined/],
    ['no array', 5, [1], /^fromArrays: xs is 5; give an array or a tensor/],
    ['nothing', undefined, [1], /^fromArrays: xs is undefined; give an array or a tensor/],
    ['an empty object', {}, [1], /^fromArrays: xs is an empty object; give an array or a tensor/],
    ['strings', tf.tensor(['a']), [1], /^fromArrays: xs is a tensor string \[1\]; give a tensor of real/],
    ['no examples', [], [], /^fromArrays: the set has no examples/],
    ['a scalar', tf.scalar(1), [1], /^fromArrays: xs is a tensor float32 \[\]; give an array/],
    ['big integers', BigInt64Array.of(1n), [1], /^fromArrays: xs is a BigInt64Array of 1; give an array/],
    [
      'large integers',
      Uint32Array.of(2 ** 31),
      [1],
      /^fromArrays: xs contains 2147483648, which does not fit in int32/,
    ],
  ];
  it.each(bad)('rejects %s', (_, xs, ys, message) => {
    expect(() => fromArrays(xs as Arrays, ys as Arrays, three)).toThrow(message);
  });

  it('rejects disposed tensors and wrong options', () => {
    const gone = tf.tensor1d([1]);
    gone.dispose();
    expect(() => fromArrays(gone, [1], three)).toThrow(
      /^fromArrays: xs is a disposed tensor; give one that still holds its values/,
    );
    expect(() => fromArrays([1], [1], {} as BatchOptions)).toThrow(/^fromArrays: batchSize is missing/);
    expect(() => fromArrays([1], [1], { batch: 1 } as unknown as BatchOptions)).toThrow(
      /^fromArrays: there is no option "batch"; did you mean batchSize/,
    );
  });
});

it('rejects arrays that say that they have more numbers than fit into memory', () => {
  const wide = new Array(2 ** 20);
  const rows = Array.from({ length: 2 ** 20 }, () => wide);
  expect(() => fromArrays(rows as never, rows as never, { batchSize: 1 })).toThrow(
    /^fromArrays: xs has the shape \[1048576,1048576\] according to its first entries, 1099511627776 numbers; give at most/,
  );
});
