import { block, createModel, dense } from '@tenfold/layers';
import {
  distillation,
  gaussianNll,
  meanSquaredError,
  softmaxCrossEntropy,
  sparseSoftmaxCrossEntropy,
} from '@tenfold/losses';
import { adam, sgd } from '@tenfold/optimizers';
import { l2 } from '@tenfold/regularizers';
import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import * as tfData from '@tensorflow/tfjs-data';
import { describe, expect, it } from 'vitest';
import { clouds, network, options, weights } from '../test/clouds';
import { type Batch, type BatchSource, DivergenceError, fit, TrainingAborted } from './index';

it('says to call a regularizer', async () => {
  const model = network();
  await expect(
    fit(model, { ...options, data: clouds(), epochs: 1, regularizer: l2 as never }),
  ).rejects.toThrow(
    /^fit: regularizer: the function l2 was given without a call; give l2\(…\), with its options$/,
  );
});

describe('fit', () => {
  it('learns, reports every step and epoch, and leaves no tensor', async () => {
    const model = network();
    const before = tf.memory().numTensors;
    const steps: number[] = [];
    const reports = await fit(model, {
      ...options,
      data: clouds(),
      epochs: 8,
      validation: clouds(),
      onStep: (report) => void steps.push(report.step),
    });
    expect(tf.memory().numTensors).toBe(before);
    expect(steps).toEqual(Array.from({ length: 32 }, (_, i) => i + 1));
    expect(reports.map((r) => r.epoch)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(reports.at(-1)!.loss).toBeLessThan(reports[0]!.loss);
    expect(reports.at(-1)!.validation!.metrics.accuracy).toBeGreaterThan(0.9);
    expect(reports.at(-1)!.validation!.examples).toBe(50);
    model.dispose();
  });

  it('takes losses of several labels or several predictions without a wrapper', async () => {
    const xs = tf.reshape(tf.sin(tf.range(0, 12)), [6, 2]);
    const teacher = tf.reshape(tf.cos(tf.range(0, 18)), [6, 3]);
    const labels = tf.tensor1d([0, 1, 2, 0, 1, 2], 'int32');
    const plan = { optimizer: sgd({ learningRate: 0.1 }), epochs: 5 };
    const student = createModel(dense({ inFeatures: 2, outFeatures: 3 }));
    const taught = await fit(student, {
      ...plan,
      data: [{ xs, ys: { labels, teacher } }],
      loss: distillation,
    });
    expect(taught.at(-1)!.loss).toBeLessThan(taught[0]!.loss);
    const head = () => dense({ inFeatures: 2, outFeatures: 3 });
    const gaussian = createModel(
      block({ mean: head(), raw: head() }, ({ mean, raw }, x: tf.Tensor) => ({
        mean: mean(x),
        variance: tf.softplus(raw(x)),
      })),
    );
    const fitted = await fit(gaussian, { ...plan, data: [{ xs, ys: teacher }], loss: gaussianNll });
    expect(fitted.at(-1)!.loss).toBeLessThan(fitted[0]!.loss);
    for (const model of [student, gaussian]) model.dispose();
    tf.dispose([xs, teacher, labels]);
  });

  it('gives the same run for the same seed and a different one for another', async () => {
    const run = async (seed: number) => {
      const model = network();
      await fit(model, { ...options, seed, data: clouds(), epochs: 2 });
      const values = await weights(model);
      model.dispose();
      return values;
    };
    expect(await run(5)).toEqual(await run(5));
    expect(await run(5)).not.toEqual(await run(6));
  });

  it('adds the penalty to the loss', async () => {
    const report = async (rate: number) => {
      const model = network();
      const [first] = await fit(model, { ...options, regularizer: l2({ rate }), data: clouds(), epochs: 1 });
      model.dispose();
      return first!.loss;
    };
    expect(await report(1)).toBeGreaterThan((await report(0)) + 0.5);
  });

  it.each([1, 3])('notices after %i steps that the updates have overflowed', async (steps) => {
    const model = network();
    const before = tf.memory().numTensors;
    const xs = tf.tensor2d([
      [4, 0],
      [0, 4],
    ]);
    const data = Array.from({ length: steps }, () => ({ xs, ys: tf.tensor1d([0, 1], 'int32') }));
    const training = fit(model, {
      ...options,
      loss: (_, p) => tf.mean(tf.clipByValue(p, -1e30, 1e30)),
      optimizer: {
        init: () => ({}),
        // Only the last step overflows.
        update: (grads, _, { step }) => ({
          updates: Object.fromEntries(
            Object.entries(grads).map(([name, g]) => [
              name,
              tf.fill(g.shape, step === steps - 1 ? Number.POSITIVE_INFINITY : 0),
            ]),
          ),
          state: {},
        }),
      },
      data,
      epochs: 1,
    });
    const error: DivergenceError = await training.then(
      () => expect.unreachable(),
      (reason) => reason,
    );
    expect(error).toBeInstanceOf(DivergenceError);
    expect(error.message).toMatch(
      new RegExp(
        `^fit: the parameter hidden.kernel is not finite after step ${steps} \\(epoch 0, counted from 0\\): its updates overflowed float32; lower the learning rate`,
      ),
    );
    expect(error.divergence.overflowed).toBe('hidden.kernel');
    tf.dispose([xs, data]);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it('stops between steps when the signal aborts, and keeps the parameters', async () => {
    const model = network();
    const abort = new AbortController();
    let steps = 0;
    const onStep = () => {
      steps++;
      if (steps === 3) abort.abort(new Error('enough'));
    };
    const before = tf.memory().numTensors;
    const stopped = fit(model, { ...options, data: clouds(), epochs: 5, signal: abort.signal, onStep });
    await expect(stopped).rejects.toThrow('enough');
    expect(steps).toBe(3);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it('rejects a loss that is not a scalar, and an invalid number of epochs', async () => {
    const model = network();
    const loss = (y: tf.Tensor, p: tf.Tensor) => sparseSoftmaxCrossEntropy(y, p, { reduction: 'none' });
    await expect(fit(model, { ...options, loss, data: clouds(), epochs: 1 })).rejects.toThrow(
      /the loss has shape \[16\]/,
    );
    await expect(fit(model, { ...options, data: clouds(), epochs: 0 })).rejects.toThrow(/epochs is 0/);
    model.dispose();
  });

  it('rejects with the reports so far when the signal aborts, and with its reason', async () => {
    const model = network();
    const abort = new AbortController();
    const reason = new Error('enough');
    const onEpoch = ({ epoch }: { epoch: number }) => {
      if (epoch === 1) abort.abort(reason);
    };
    const all = { ...options, data: clouds(), validation: clouds(), epochs: 5 };
    const error = await fit(model, { ...all, signal: abort.signal, onEpoch }).catch((error) => error);
    expect(error).toBeInstanceOf(TrainingAborted);
    expect(error).toMatchObject({ name: 'AbortError', cause: reason, message: 'enough' });
    expect(error.reports.map(({ epoch }: { epoch: number }) => epoch)).toEqual([0, 1]);
    model.dispose();
  });

  it('stops only when onEpoch returns false or a promise of false', async () => {
    const model = network();
    const run = async (onEpoch: (epoch: number) => unknown) =>
      (
        await fit(model, {
          ...options,
          data: clouds(),
          epochs: 3,
          onEpoch: ({ epoch }) => onEpoch(epoch),
        })
      ).length;
    expect(await run((epoch) => epoch < 1)).toBe(2);
    expect(await run(async (epoch) => epoch < 1)).toBe(2);
    expect(await run(() => 0)).toBe(3);
    model.dispose();
  });

  it('reports a summed loss per example', async () => {
    const losses = await Promise.all(
      (['mean', 'sum'] as const).map(async (reduction) => {
        const model = network();
        const loss = (y: tf.Tensor, p: tf.Tensor) => sparseSoftmaxCrossEntropy(y, p, { reduction });
        const steps: number[] = [];
        // A step of size 0 does not change the parameters, so that both losses use the same ones.
        const still = { init: () => ({}), update: () => ({ updates: {}, state: {} }) };
        const [report] = await fit(model, {
          ...options,
          optimizer: still,
          loss,
          reduction,
          data: clouds(),
          validation: clouds(),
          epochs: 1,
          onStep: (step) => void steps.push(step.loss),
        });
        model.dispose();
        return [report!.loss, report!.validation!.loss, ...steps];
      }),
    );
    await expectClose(losses[1]!, losses[0]!);
  });

  it('trains on probabilities and validates on class indices', async () => {
    const model = network();
    const plain = clouds();
    const mixed: BatchSource = {
      ...plain,
      *batches(epoch) {
        for (const { xs, ys } of plain.batches(epoch) as Iterable<Batch>) {
          yield { xs, ys: tf.tidy(() => tf.cast(tf.oneHot(tf.cast(ys, 'int32'), 2), 'float32')) };
          ys.dispose();
        }
      },
    };
    const before = tf.memory().numTensors;
    const reports = await fit(model, {
      ...options,
      loss: softmaxCrossEntropy,
      validationLoss: sparseSoftmaxCrossEntropy,
      data: mixed,
      validation: plain,
      epochs: 3,
    });
    expect(tf.memory().numTensors).toBe(before);
    expect(reports.at(-1)!.metrics.accuracy).toBeGreaterThan(0.8);
    expect(reports.at(-1)!.validation!.metrics.accuracy).toBeGreaterThan(0.8);
    model.dispose();
  });

  it('trains a model with several inputs and outputs', async () => {
    const weight = tf.variable(tf.ones([]));
    // s = w·a + b and d = w·a − b: a hand-written model.
    const apply = ({ a, b }: { a: tf.Tensor; b: tf.Tensor }) =>
      tf.tidy(() => ({ s: tf.add(tf.mul(weight, a), b), d: tf.sub(tf.mul(weight, a), b) }));
    const parameters = () => ({ weight });
    const model = {
      layer: undefined as never,
      params: {},
      parameters,
      trainable: parameters,
      apply,
      predict: apply,
      dispose: () => weight.dispose(),
    };
    const before = tf.memory().numTensors;
    const loss = (ys: { s: tf.Tensor; d: tf.Tensor }, predicted: { s: tf.Tensor; d: tf.Tensor }) =>
      tf.add(meanSquaredError(ys.s, predicted.s), meanSquaredError(ys.d, predicted.d));
    const reports = await fit(model, {
      data: {
        xs: { a: [1, 2, 3, 4], b: new Float32Array([1, 0, 1, 0]) },
        ys: { s: [4, 6, 10, 12], d: tf.tensor1d([2, 6, 8, 12]) },
        batchSize: 2,
      },
      loss,
      optimizer: sgd({ learningRate: 0.02 }),
      epochs: 30,
    });
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(reports.at(-1)!.loss).toBeLessThan(1e-6);
    await expectClose(weight, [3], { absolute: 1e-3 });
    model.dispose();
  });

  it('starts anew with every call, unlike a trainer', async () => {
    const seen: number[] = [];
    const schedule = (step: number) => {
      seen.push(step);
      return 0.01;
    };
    const model = network();
    const all = { ...options, optimizer: adam({ learningRate: schedule }), data: clouds(), epochs: 1 };
    seen.length = 0;
    await fit(model, all);
    await fit(model, all);
    expect(seen.filter((step) => step === 3).length).toBe(2);
    expect(Math.max(...seen)).toBe(3);
    model.dispose();
  });
});

describe('odd things are refused with one clear error', () => {
  const line = () => createModel(dense({ inFeatures: 1, outFeatures: 1 }), { seed: 1 });
  const ys = [[1], [2]];
  const base = {
    data: { xs: [[1], [2]], ys },
    loss: meanSquaredError,
    optimizer: sgd({ learningRate: 0.1 }),
    epochs: 1,
  };

  it.each<[string, object, RegExp]>([
    [
      'a loss that is an integer',
      { loss: (_: tf.Tensor, p: tf.Tensor) => tf.cast(tf.mean(p), 'int32') },
      /^fit: the loss is int32; return a float32 scalar/,
    ],
    [
      'a penalty that is a number',
      { regularizer: () => 0.1 },
      /^fit: the regularizer returned 0.1; return a scalar tensor/,
    ],
    [
      'a penalty of several numbers',
      { regularizer: ({ kernel }: tf.NamedTensorMap) => kernel },
      /^fit: the regularizer returned a tensor float32 \[1,1\]; return a scalar tensor/,
    ],
    [
      'a loss for validation data that is missing',
      { validationLoss: meanSquaredError },
      /^fit: validationLoss is given but validation is missing; give validation data/,
    ],
    [
      'weights of 0 for all classes',
      { classWeights: [0, 0, 0] },
      /^fit: classWeights is \[0, 0, 0\]; give at least one weight above 0$/,
    ],
    [
      'more accumulated steps than there are',
      { accumulate: 10, epochs: 2 },
      /^fit: accumulate is 10 but 2 epochs of 1 batch have only 2 steps, so the parameters are never updated; give at most 2/,
    ],
    [
      'more accumulated steps than a generator has',
      {
        accumulate: 10,
        data: function* () {
          yield { xs: tf.ones([2, 1]), ys: tf.ones([2, 1]) };
        },
      },
      /^fit: accumulate is 10 but the training had only 1 step, so the parameters are never updated; give at most 1/,
    ],
    [
      'everything frozen',
      { frozen: /./ },
      /^fit: no parameter is trainable .*; frozen is \/\.\/, which matches all/,
    ],
    [
      'hooks without a function',
      { callbacks: [() => ({}), { onEpoch() {} }] },
      /^fit: callbacks\[1\] is an object with onEpoch; give a callback such as .*, or a function that returns hooks/,
    ],
    [
      'a hook that does not exist',
      { callbacks: [{ onEpoch() {}, onBatch() {} }] },
      /^fit: callbacks\[0\] is an object with onEpoch, onBatch, of which onBatch is no hook; give/,
    ],
    [
      'a dataset of single examples',
      {
        data: tfData.zip({ xs: tfData.array([[1], [2]]), ys: tfData.array([[1], [2]]) }),
      },
      /^fit: xs of batch 0 of data is \[1\]; give a tensor, .*; if the elements are single examples, give dataset\.batch/,
    ],
    [
      'a dataset of scalars',
      { data: tfData.zip({ xs: tfData.array([tf.scalar(1)]), ys: tfData.array([tf.scalar(1)]) }) },
      /^fit: xs of batch 0 of data is a scalar; .*; if the elements are single examples, give dataset\.batch/,
    ],
    [
      'an optimizer without a state',
      { optimizer: { init: () => undefined, update: () => ({ updates: {}, state: {} }) } },
      /^fit: init of the optimizer returned undefined; return its state/,
    ],
    [
      'null among the numbers',
      { data: { xs: [[1], [null]], ys } },
      /^fit: xs\[1\]\[0\] is null; give a tensor, or numbers in typed or nested arrays/,
    ],
    [
      'numbers in strings',
      { data: { xs: [[1], [2]], ys: [['1'], ['2']] } },
      /^fit: ys\[0\]\[0\] is "1"; give a tensor, or numbers in typed or nested arrays/,
    ],
  ])('%s', async (_, options, message) => {
    const model = line();
    const before = tf.memory().numTensors;
    await expect(fit(model, { ...base, ...options } as never)).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});

it.each([false, true])(
  'says that the penalty of a regularizer is not finite (on a GPU: %s)',
  async (onGpu) => {
    const backend = tf.backend() as { readToGPU?: unknown };
    if (onGpu) backend.readToGPU = () => undefined;
    try {
      const model = createModel(dense({ inFeatures: 1, outFeatures: 1 }), { seed: 1 });
      const before = tf.memory().numTensors;
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const regularizer = (params: tf.NamedTensorMap) =>
          tf.mul(tf.sum(params.kernel!), tf.fill([], value)) as tf.Scalar;
        const given = { data: { xs: [[1]], ys: [[2]] }, loss: meanSquaredError, epochs: 1, regularizer };
        await expect(fit(model, { ...given, optimizer: adam() })).rejects.toThrow(
          /^fit: the loss is .* at step 1 .*: the penalty of the regularizer is (NaN|-?Infinity), while the predictions/,
        );
      }
      expect(tf.memory().numTensors).toBe(before);
      model.dispose();
    } finally {
      delete backend.readToGPU;
    }
  },
);

it('refuses a promise among the metrics, whose rejection does not end the program', async () => {
  const rejections: unknown[] = [];
  const listen = (reason: unknown) => void rejections.push(reason);
  process.on('unhandledRejection', listen);
  const model = createModel(dense({ inFeatures: 1, outFeatures: 1 }));
  const metrics = { a: 5, b: Promise.reject(new Error('labels are missing')) } as never;
  const given = { data: { xs: [[1]], ys: [[2]] }, loss: meanSquaredError, optimizer: adam(), epochs: 1 };
  await expect(fit(model, { ...given, metrics })).rejects.toThrow(/^fit: metrics\.a is 5; give a metric/);
  await new Promise((resolve) => setTimeout(resolve, 5));
  process.off('unhandledRejection', listen);
  expect(rejections).toEqual([]);
  model.dispose();
});
