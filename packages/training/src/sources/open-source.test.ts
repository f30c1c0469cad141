import { getEventListeners } from 'node:events';
import { createModel, dense } from '@tenfold/layers';
import { meanSquaredError } from '@tenfold/losses';
import { sgd } from '@tenfold/optimizers';
import { createRng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import { describe, expect, it } from 'vitest';
import { weights } from '../../test/clouds';
import { type Batch, createTrainer, evaluate, fit, train } from '../index';

const batch = (size = 2): Batch => ({ xs: tf.ones([size, 1]), ys: tf.ones([size, 1]) });
function* two() {
  yield batch();
  yield batch();
}
async function* later() {
  yield* two();
}
/** A tf.data dataset, reduced to the members that are used. */
const tfData = (batches: () => Iterable<Batch>) => ({
  size: null,
  forEachAsync: async () => {},
  iterator: async () => {
    const cursor = batches()[Symbol.iterator]();
    return { next: async () => cursor.next() };
  },
});
const iterable = (begin: () => unknown) => ({ [Symbol.iterator]: begin });
/** Real ones: batches of examples that are arrays, in an order that a seed gives, and batches that are tensors. */
const ofExamples = () =>
  tfd
    .array([1, 1, 1, 1].map((x) => ({ xs: [x], ys: [1] })))
    .shuffle(4, '1')
    .batch(2) as tfd.Dataset<{ xs: tf.Tensor; ys: tf.Tensor }>;
const ofTensors = () => tfd.generator(two as () => Iterator<{ xs: tf.Tensor; ys: tf.Tensor }>);
const model = () => createModel(dense({ inFeatures: 1, outFeatures: 1 }), { seed: 1 });
const rest = { loss: meanSquaredError, optimizer: sgd({ learningRate: 0.1 }) };

/** Trains and evaluates on data, and checks that no tensor is left. */
async function run(make: () => unknown, options: object = {}) {
  const network = model();
  const data = make() as never;
  const before = tf.memory().numTensors;
  try {
    return await fit(network, { ...rest, data, epochs: 2, ...options });
  } finally {
    expect(tf.memory().numTensors).toBe(before);
    network.dispose();
  }
}

describe('data', () => {
  it.each<[string, () => unknown]>([
    ['a source', () => ({ stepsPerEpoch: 2, batches: two })],
    ['a source that does not say how many', () => ({ batches: two })],
    ['a source of async batches', () => ({ stepsPerEpoch: 2, batches: later })],
    ['a generator function', () => two],
    ['an async generator function', () => later],
    ['a function that returns a promise', () => async () => [batch(), batch()]],
    ['an iterable that begins anew', () => ({ [Symbol.iterator]: two })],
    ['an async iterable that begins anew', () => ({ [Symbol.asyncIterator]: later })],
    ['a dataset of tf.data', () => tfData(two)],
    ['a dataset of tfjs-data', ofExamples],
    ['a generator of tfjs-data', ofTensors],
    ['arrays', () => ({ xs: [[1], [1], [1], [1]], ys: [[1], [1], [1], [1]], batchSize: 2 })],
    [
      'typed arrays',
      () => ({
        xs: new Float32Array(4).fill(1),
        ys: new Uint8Array(4).fill(1),
        batchSize: 2,
        xShape: [1],
        yShape: [1],
      }),
    ],
    [
      'rows of typed arrays, with the shape of each',
      () => ({
        xs: [1, 1, 1, 1].map((x) => Float32Array.of(x)),
        ys: new Float32Array(4).fill(1),
        xShape: [1],
        yShape: [1],
        batchSize: 2,
      }),
    ],
    [
      'rows of typed arrays',
      () => ({ xs: [1, 1, 1, 1].map((x) => Float32Array.of(x)), ys: [[1], [1], [1], [1]], batchSize: 2 }),
    ],
    [
      'a Float64Array',
      () => ({
        xs: new Float64Array(4).fill(1),
        ys: new Int8Array(4).fill(1),
        batchSize: 2,
        xShape: [1],
        yShape: [1],
      }),
    ],
    ['tensors', () => ({ xs: tf.ones([4, 1]), ys: tf.ones([4, 1], 'int32'), batchSize: 2 })],
    ['an array of batches, which are kept', () => [batch(), batch()]],
    ['a set of batches, which are kept', () => new Set([batch(), batch()])],
  ])('may be %s', async (_, make) => {
    const reports = await run(make);
    expect(reports.map(({ steps }) => steps)).toEqual([2, 2]);
    expect(reports.every(({ loss }) => Number.isFinite(loss))).toBe(true);
    expect(reports[1]!.loss).toBeLessThan(reports[0]!.loss);
    const network = model();
    const { examples } = await evaluate(network, make() as never, { loss: meanSquaredError });
    expect(examples).toBe(4);
    network.dispose();
  });

  it('may be a dataset of tfjs-data by its type too, to train, validate and evaluate', async () => {
    const network = model();
    const before = tf.memory().numTensors;
    const reports = await fit(network, { ...rest, data: ofExamples(), epochs: 2, validation: ofTensors() });
    expect(reports.map(({ steps }) => steps)).toEqual([2, 2]);
    expect(reports[1]!.validation!.loss).toBeLessThan(reports[0]!.validation!.loss);
    // It repeats without end, so the steps of an epoch must be given.
    const endless = { ...rest, data: ofExamples().repeat(), epochs: 2, stepsPerEpoch: 3 };
    expect((await fit(network, endless)).map(({ steps }) => steps)).toEqual([3, 3]);
    expect((await evaluate(network, ofExamples(), { loss: meanSquaredError })).examples).toBe(4);
    expect(tf.memory().numTensors).toBe(before);
    network.dispose();
  });

  it.each([
    ['no elements', () => tfd.array([]).batch(2), /data has no batches/],
    ['elements that are no batches', () => tfd.array([1, 2, 3]).batch(2), /^fit: .*xs/],
    [
      'an error',
      () =>
        tfd.generator(function* () {
          yield* two() as Iterable<{ xs: tf.Tensor; ys: tf.Tensor }>;
          throw new Error('no more');
        }),
      /no more/,
    ],
  ])('leaves no tensor of a dataset of tfjs-data with %s', async (_, make, message) => {
    await expect(run(make)).rejects.toThrow(message);
  });

  it('may be a generator, for one epoch or with its stepsPerEpoch', async () => {
    expect(await run(two, { epochs: 1 })).toHaveLength(1);
    expect(await run(later, { epochs: 1 })).toHaveLength(1);
    let ended = 0;
    let sizes = 0;
    function* endless() {
      try {
        for (;;) yield batch(++sizes);
      } finally {
        ended++;
      }
    }
    const reports = await run(() => endless(), { epochs: 3, stepsPerEpoch: 2 });
    expect(reports.map(({ steps }) => steps)).toEqual([2, 2, 2]);
    expect([sizes, ended]).toEqual([6, 1]);
    // Started for every epoch, and ended.
    expect(await run(() => endless, { stepsPerEpoch: 1 })).toHaveLength(2);
    expect(ended).toBe(3);
  });

  it.each<[string, () => unknown, object, RegExp]>([
    [
      'stepsPerEpoch 0',
      () => ({ stepsPerEpoch: 0, batches: two }),
      {},
      /^fit: stepsPerEpoch of data is 0; give the number/,
    ],
    [
      'stepsPerEpoch NaN',
      () => ({ stepsPerEpoch: Number.NaN, batches: two }),
      {},
      /stepsPerEpoch of data is NaN/,
    ],
    ['stepsPerEpoch 1.5', () => ({ stepsPerEpoch: 1.5, batches: two }), {}, /stepsPerEpoch of data is 1.5/],
    [
      'stepsPerEpoch as text',
      () => ({ stepsPerEpoch: '2', batches: two }),
      {},
      /stepsPerEpoch of data is "2"/,
    ],
    [
      'a source with more batches than stepsPerEpoch',
      () => ({ stepsPerEpoch: 1, batches: two }),
      {},
      /has more batches in epoch 0 \(counted from 0\) than its stepsPerEpoch, 1; give that many/,
    ],
    [
      'a source with fewer batches than stepsPerEpoch',
      () => ({ stepsPerEpoch: 5, batches: two }),
      {},
      /data has 2 batches in epoch 0 \(counted from 0\) but stepsPerEpoch is 5; give that many/,
    ],
    [
      'a source without batches',
      () => ({ stepsPerEpoch: 2, *batches() {} }),
      {},
      /data has no batches in epoch 0 \(counted from 0\)/,
    ],
    ['nothing at all', () => [], {}, /data has no batches in epoch 0 \(counted from 0\); give at least one/],
    ['a dataset of tf.data without elements', () => tfData(() => []), {}, /data has no batches/],
    [
      'one iterator for all epochs',
      () => {
        const it = two();
        return () => it;
      },
      {},
      /has no batches in epoch 1 \(counted from 0\).*new ones for each epoch/,
    ],
    [
      'a generator for two epochs',
      two,
      {},
      /data can be iterated only once but is needed for 2 epochs; give a function/,
    ],
    [
      'a generator that runs dry',
      two,
      { stepsPerEpoch: 2 },
      /data has no batches in epoch 1 \(counted from 0\) but stepsPerEpoch is 2/,
    ],
    [
      'validation that can be iterated only once',
      () => two,
      { validation: two() },
      /^fit: validation can be iterated only once/,
    ],
    ['undefined', () => undefined, {}, /^fit: data is missing; give batches in an array/],
    ['a number', () => 3, {}, /^fit: data is 3; give/],
    ['text', () => 'cifar10', {}, /^fit: data is "cifar10"; give/],
    [
      'a tensor',
      () => [tf.ones([2, 1])],
      {},
      /batch 0 of data is a tensor float32 \[2,1\]; give an object { xs, ys }/,
    ],
    [
      'something else',
      () => ({ train: [] }),
      {},
      /data is an object with train; give { xs, ys }, batches in an array/,
    ],
    [
      'batches that are not iterable',
      () => ({ batches: () => 3 }),
      {},
      /the result of data.batches\(0\) is 3; give an iter/,
    ],
    [
      'a function that returns nothing',
      () => () => undefined,
      {},
      /the result of data\(0\) is undefined; give an iterable/,
    ],
    [
      'batches with other names',
      () =>
        function* () {
          yield { x: tf.ones([1, 1]) };
        },
      {},
      /batch 0 of data is an object with x; give/,
    ],
    [
      'batches without labels',
      () =>
        function* () {
          yield { xs: tf.ones([1, 1]), ys: undefined };
        },
      {},
      /ys of batch 0 of data is undefined; give a tensor/,
    ],
    [
      'batches of arrays',
      () =>
        function* () {
          yield { xs: [[1]], ys: tf.ones([1, 1]) };
        },
      {},
      /xs of batch 0 of data is an array of 1; give a/,
    ],
    [
      'batches of nothing',
      () =>
        function* () {
          yield batch(0);
        },
      {},
      /batch 0 of data has no examples/,
    ],
    [
      'scalars',
      () =>
        function* () {
          yield { xs: tf.ones([1, 1]), ys: tf.scalar(1) };
        },
      {},
      /ys of batch 0 of data is a scalar/,
    ],
    [
      'sizes that differ',
      () =>
        function* () {
          yield batch();
          yield { xs: tf.ones([2, 1]), ys: { a: tf.ones([3]) } };
        },
      {},
      /xs of batch 1 of data has 2 examples but ys.a has 3/,
    ],
    [
      'the same tensors again',
      () => {
        const network = batch();
        tf.dispose(network as never);
        return function* () {
          yield network;
        };
      },
      {},
      /xs of batch 0 of data is a disposed tensor; batches are disposed after/,
    ],
    [
      'arrays of other lengths',
      () => ({ xs: [[1], [2]], ys: [1] }),
      {},
      /^fit: xs has 2 examples but ys has 1; give the same number of both$/,
    ],
    [
      'a flat array without its shape',
      () => ({ xs: new Float32Array(8), ys: [1, 2] }),
      {},
      /xs has 8 examples but ys has 2; .*as xShape/,
    ],
    [
      'a shape with the batch axis',
      () => ({ xs: new Float32Array(8), ys: [1, 2], xShape: [2, 4] }),
      {},
      /xs has 1 example but ys has 2; .*as xShape .*; it is the shape of one example, without the batch axis: give xShape \[4\], not \[2,4\]$/,
    ],
    [
      'a shape of labels with nothing but the batch axis',
      () => ({ xs: [[1], [2]], ys: new Float32Array(2), yShape: [2] }),
      {},
      /xs has 2 examples but ys has 1; .*, without the batch axis: leave yShape out$/,
    ],
    [
      'a shape that does not fit',
      () => ({ xs: new Float32Array(7), ys: [1, 2], xShape: [4] }),
      {},
      /xs has 7 numbers, which is not a multiple of 4, the size of xShape \[4\]/,
    ],
    [
      'ragged arrays',
      () => ({ xs: [[1], [2, 3]], ys: [1, 2] }),
      {},
      /xs\[1\] has 2 entries but xs\[0\] has 1 entry; give a tensor, or numbers .*, all of one length/,
    ],
    [
      'arrays with holes',
      () => ({ xs: new Array(2), ys: [1, 2] }),
      {},
      /xs\[0\] is undefined; give a tensor, or numbers/,
    ],
    [
      'text in arrays',
      () => ({ xs: [['1'], ['2']], ys: [1, 2] }),
      {},
      /xs\[0\]\[0\] is "1"; give a tensor, or numbers/,
    ],
    [
      '64-bit integers',
      () => ({ xs: new BigInt64Array(2), ys: [1, 2] }),
      {},
      /xs is a BigInt64Array of 2; give/,
    ],
    ['no examples', () => ({ xs: [], ys: [] }), {}, /xs has no examples/],
    [
      'an unknown option',
      () => ({ xs: [[1]], ys: [[1]], batch: 2 }),
      {},
      /^fit: data: there is no option "batch"; did you mean batchSize/,
    ],
    [
      'a batch with another key',
      () =>
        function* () {
          yield { ...batch(), ys2: tf.ones([2]) };
        },
      {},
      /^fit: batch 0 of data has the key "ys2"; did you mean ys\? A batch is { xs, ys }/,
    ],
    [
      'a batch with weights',
      () => [{ ...batch(), weights: 5 }],
      {},
      /batch 0 of data has the key "weights"; a batch is { xs, ys }; .* several tensors, such as ys: { labels, weights }/,
    ],
    [
      'rows that do not have the shape',
      () => ({
        xs: [
          [1, 2, 3],
          [4, 5, 6],
        ],
        ys: [1, 2, 3],
        xShape: [2],
      }),
      {},
      /^fit: xs has examples of shape \[3\] but xShape is \[2\]; leave xShape out/,
    ],
    [
      'a tensor with a shape',
      () => ({ xs: tf.ones([2, 3]), ys: [1, 2, 3], xShape: [2] }),
      {},
      /^fit: xs is a tensor float32 \[2,3\] but xShape is \[2\]; leave xShape out/,
    ],
    [
      'several columns with a shape',
      () => ({ xs: [[1], [2]], ys: { a: [1, 2] }, yShape: [1] }),
      {},
      /^fit: ys is an object with a but yShape is \[1\]; leave yShape out/,
    ],
    [
      'an iterable without an iterator',
      () => iterable(() => null),
      {},
      /the iterator of data is null; give one/,
    ],
    [
      'an iterator without next',
      () => iterable(() => ({})),
      {},
      /the iterator of data is an empty object; give/,
    ],
    ['a method that is none', () => ({ [Symbol.iterator]: 5 }), {}, /data is .*; give { xs, ys }, batches/],
    [
      'an iterator of undefined',
      () => iterable(() => ({ next: () => undefined })),
      {},
      /next\(\) of data returned undefined; return { done, value }/,
    ],
    [
      'an async iterator of numbers',
      () => ({ [Symbol.asyncIterator]: () => ({ next: async () => 5 }) }),
      {},
      /next\(\) of data returned 5; return { done, value }/,
    ],
    [
      'a dataset without an iterator',
      () => ({ ...tfData(two), iterator: async () => null }),
      {},
      /the iterator of data is null; give one with the method next/,
    ],
    ['a batch size of 0', () => ({ xs: [[1]], ys: [[1]], batchSize: 0 }), {}, /^fit: data: batchSize is 0/],
  ])('is rejected when it is %s', async (_, make, options, message) => {
    await expect(run(make, options)).rejects.toThrow(message);
  });

  it('has a different order in every epoch, the same for a seed', async () => {
    const xs = Array.from({ length: 7 }, (_, i) => [i]);
    const orders = async (options: object) => {
      const seen: number[][] = [];
      const network = model();
      await fit(network, {
        ...rest,
        loss: (y, p) => {
          seen.push([...y.dataSync()]);
          return meanSquaredError(y, p);
        },
        data: { xs, ys: xs, batchSize: 3, ...options },
        epochs: 2,
      });
      network.dispose();
      return seen;
    };
    const shuffled = await orders({ seed: 4 });
    expect(shuffled.map(({ length }) => length)).toEqual([3, 3, 1, 3, 3, 1]);
    const first = shuffled.slice(0, 3).flat();
    expect(first).toEqual([...createRng(4).fork('shuffle', 0).permutation(7)]);
    expect([...first].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(shuffled.slice(3).flat()).not.toEqual(first);
    expect(await orders({ seed: 4 })).toEqual(shuffled);
    expect((await orders({ shuffle: false })).slice(0, 3)).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  });

  it('gathers tensors on the device on a GPU', async () => {
    const backend = tf.backend() as { readToGPU?: unknown };
    backend.readToGPU = () => undefined;
    try {
      const reports = await run(() => ({ xs: tf.ones([4, 1]), ys: tf.ones([4, 1]), batchSize: 3 }));
      expect(reports.map(({ steps }) => steps)).toEqual([2, 2]);
    } finally {
      delete backend.readToGPU;
    }
  });

  it('can be resumed in the middle, with or without a number of batches', async () => {
    function* batches() {
      for (let i = 1; i < 4; i++) yield { xs: tf.fill([2, 1], i), ys: tf.fill([2, 1], 2 * i) };
    }
    for (const data of [batches, { batches, stepsPerEpoch: 3 }]) {
      const [whole, part] = [model(), model()];
      const expected = await fit(whole, { ...rest, data, epochs: 3 });
      const trainer = createTrainer(part, rest);
      const abort = new AbortController();
      await expect(
        train(trainer, {
          data,
          epochs: 3,
          signal: abort.signal,
          onStep: ({ step }) => void (step === 4 && abort.abort()),
        }),
      ).rejects.toThrow();
      const reports = await train(trainer, { data, epochs: 3 });
      expect(await weights(part)).toEqual(await weights(whole));
      expect(reports.map(({ epoch, steps }) => [epoch, steps])).toEqual([
        [1, 2],
        [2, 3],
      ]);
      expect(reports[1]!.loss).toBe(expected[2]!.loss);
      await expect(train(trainer, { data: batches(), epochs: 4, stepsPerEpoch: 3 })).rejects.toThrow(
        /data can be iterated only once, but the trainer has taken 9 steps/,
      );
      trainer.dispose();
    }
  });
});

describe('a signal that aborts while data is awaited', () => {
  const never = () => new Promise<never>(() => {});
  const batches = async function* () {
    yield batch();
    await never();
  };
  const ways: [string, () => unknown][] = [
    ['a generator that never yields', () => batches],
    ['one iterator', () => batches()],
    [
      'an iterator that never returns',
      () => ({
        [Symbol.asyncIterator]: () => {
          let i = 0;
          return { next: () => (i++ === 0 ? { done: false, value: batch() } : never()), return: never };
        },
      }),
    ],
    ['a function that never resolves', () => never],
    ['a dataset of tf.data that never begins', () => ({ ...tfData(two), iterator: never })],
  ];

  it.each(ways)(
    'ends fit and evaluate at once: %s',
    async (_, make) => {
      const tensors = tf.memory().numTensors;
      for (const call of ['fit', 'validation', 'evaluate']) {
        const network = model();
        const abort = new AbortController();
        const { signal } = abort;
        setTimeout(() => abort.abort(), 20);
        const data = make() as never;
        const running =
          call === 'evaluate'
            ? evaluate(network, data, { loss: meanSquaredError, signal })
            : call === 'fit'
              ? fit(network, { ...rest, data, epochs: 1, signal })
              : fit(network, { ...rest, data: () => [batch()], validation: data, epochs: 1, signal });
        await expect(running, call).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
        network.dispose();
      }
      expect(tf.memory().numTensors).toBe(tensors);
    },
    5000,
  );

  it('leaves no listener on the signal', async () => {
    const network = model();
    const { signal } = new AbortController();
    await fit(network, { ...rest, data: later, epochs: 2, signal });
    await evaluate(network, later(), { loss: meanSquaredError, signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    network.dispose();
  });

  it('disposes a batch that comes too late', async () => {
    const network = model();
    const abort = new AbortController();
    const { signal } = abort;
    const tensors = tf.memory().numTensors;
    let arrive = () => {};
    const data = async function* () {
      yield batch();
      await new Promise<void>((resolve) => (arrive = resolve));
      yield batch();
    };
    setTimeout(() => abort.abort(), 20);
    await expect(fit(network, { ...rest, data, epochs: 1, signal })).rejects.toThrow(/abort/);
    arrive();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(tf.memory().numTensors).toBe(tensors);
    network.dispose();
  });
});
