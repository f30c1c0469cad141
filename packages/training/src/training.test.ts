import { createModel, dense, dropout, type Model, sequential } from '@tenfold/layers';
import { meanSquaredError, sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { adam } from '@tenfold/optimizers';
import { createRng } from '@tenfold/random';
import { l2 } from '@tenfold/regularizers';
import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  accuracy,
  type BatchSource,
  createTrainer,
  type EpochReport,
  type EpochSums,
  evaluate,
  fit,
  loadCheckpoint,
  saveCheckpoint,
  train,
} from './index';

/** Two noisy clouds, in a new order every epoch; the last batch is smaller than the others. */
function clouds(size = 50, batchSize = 16): BatchSource {
  return {
    size,
    stepsPerEpoch: Math.ceil(size / batchSize),
    *batches(epoch) {
      const rng = createRng(1).fork('order', epoch);
      const order = rng.permutation(size);
      const point = (i: number) =>
        createRng(2)
          .fork(i)
          .fillNormal(new Float32Array(2))
          .map((v, axis) => v + (i % 2 ? 2 : -2) * (axis ? 1 : 0.5));
      for (let start = 0; start < size; start += batchSize) {
        const rows = [...order.slice(start, start + batchSize)];
        yield {
          xs: tf.tensor(
            rows.flatMap((i) => [...point(i)]),
            [rows.length, 2],
          ),
          ys: tf.tensor(
            rows.map((i) => i % 2),
            [rows.length],
            'int32',
          ),
        };
      }
    },
  };
}

const network = (): Model =>
  createModel(
    sequential({
      hidden: dense({ inFeatures: 2, outFeatures: 8 }),
      relu: (x) => tf.relu(x),
      drop: dropout({ rate: 0.1 }),
      head: dense({ inFeatures: 8, outFeatures: 2 }),
    }),
    { seed: 3 },
  );
const options = {
  loss: sparseSoftmaxCrossEntropy,
  optimizer: adam({ learningRate: 0.02 }),
  metrics: { accuracy },
  seed: 5,
};
const weights = async (model: ReturnType<typeof network>) =>
  Object.fromEntries(
    await Promise.all(Object.entries(model.parameters()).map(async ([k, v]) => [k, [...(await v.data())]])),
  );

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

  it('gives the same run for the same seed and another for another', async () => {
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

  it('stops between steps when the signal aborts, and keeps what was learned', async () => {
    const model = network();
    const abort = new AbortController();
    let steps = 0;
    const onStep = () => {
      steps++;
      if (steps === 3) abort.abort(new Error('enough'));
    };
    const before = tf.memory().numTensors;
    await expect(
      fit(model, { ...options, data: clouds(), epochs: 5, signal: abort.signal, onStep }),
    ).rejects.toThrow('enough');
    expect(steps).toBe(3);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it('says at which step the loss stopped being a number', async () => {
    const model = network();
    const data: BatchSource = {
      size: 1,
      stepsPerEpoch: 1,
      batches: () => [{ xs: tf.tensor([[Number.NaN, 0]]), ys: tf.tensor([0], [1], 'int32') }],
    };
    await expect(fit(model, { ...options, data, epochs: 1 })).rejects.toThrow(
      /the loss is NaN at step 1 .*lower the learning rate/,
    );
    model.dispose();
  });

  it('refuses a loss that is not a scalar, and a senseless number of epochs', async () => {
    const model = network();
    const loss = (y: tf.Tensor, p: tf.Tensor) => sparseSoftmaxCrossEntropy(y, p, { reduction: 'none' });
    await expect(fit(model, { ...options, loss, data: clouds(), epochs: 1 })).rejects.toThrow(
      /the loss has shape \[16\]/,
    );
    await expect(fit(model, { ...options, data: clouds(), epochs: 0 })).rejects.toThrow(/epochs is 0/);
    model.dispose();
  });
});

describe('createTrainer', () => {
  it('goes on where another stood, bit for bit', async () => {
    const whole = network();
    await fit(whole, { ...options, data: clouds(), epochs: 3 });

    const part = network();
    const first = createTrainer(part, options);
    const abort = new AbortController();
    const stopAt = (step: number) => void (step === 6 && abort.abort());
    await expect(
      train(first, { data: clouds(), epochs: 3, signal: abort.signal, onStep: (r) => stopAt(r.step) }),
    ).rejects.toThrow();
    const second = createTrainer(part, options);
    second.restore(first.stepCount, first.state);
    await train(second, { data: clouds(), epochs: 3 });
    expect(await weights(part)).toEqual(await weights(whole));
    second.dispose();
    whole.dispose();
    part.dispose();
  });

  it.each([1, 5, 6, 8])(
    'reports the epoch that was stopped after step %i as if it had not been',
    async (stop) => {
      const timeless = (reports: EpochReport[]) => reports.map(({ seconds, ...rest }) => rest);
      const all = { ...options, data: clouds(), validation: clouds(), epochs: 3 };
      const whole = network();
      const expected = await fit(whole, all);

      const one = createTrainer(network(), options);
      const abort = new AbortController();
      const reports: EpochReport[] = [];
      let sums: EpochSums | undefined;
      const stopped = train(one, {
        ...all,
        signal: abort.signal,
        onStep(report) {
          sums = JSON.parse(JSON.stringify(report.sums));
          if (report.step === stop) abort.abort(new Error('enough'));
        },
        onEpoch: (report) => void reports.push(report),
      });
      await expect(stopped).rejects.toThrow('enough');
      expect(sums!.seconds).toBeGreaterThan(0);
      const rest = await train(one, { ...all, resume: sums });
      // Step 8 is the last of an epoch: it was taken, but its epoch was not yet evaluated and reported.
      expect(timeless([...reports, ...rest])).toEqual(timeless(expected));
      expect(rest[0]!.seconds).toBeGreaterThanOrEqual(sums!.seconds);
      expect(await weights(one.model)).toEqual(await weights(whole));
      one.dispose();
      one.model.dispose();
      whole.dispose();
    },
  );

  it('refuses sums of another step or of other metrics', async () => {
    const one = createTrainer(network(), options);
    one.restore(6, one.state);
    const sums = { steps: 3, examples: 48, seconds: 1, loss: 1, metrics: { accuracy: 40 } };
    const resume = (changed: object) =>
      train(one, { data: clouds(), epochs: 3, metrics: { accuracy }, resume: { ...sums, ...changed } });
    await expect(resume({})).rejects.toThrow(
      /resume is after 3 steps of an epoch of 4, but the trainer has taken 6; give the sums of its last step/,
    );
    await expect(resume({ steps: 2, metrics: { loss: 1 } })).rejects.toThrow(
      /no sum of the metric 'accuracy', only of \["loss"\]/,
    );
    one.model.dispose();
  });

  it('takes the step that the gradient says', async () => {
    const model = createModel(dense({ inFeatures: 1, outFeatures: 1, bias: false }), { seed: 1 });
    const [w] = await model.parameters().kernel!.data();
    // A plain gradient step, written out: the optimizer's contract in six lines.
    const descent = {
      init: () => ({}),
      update: (grads: tf.NamedTensorMap) => ({
        updates: Object.fromEntries(Object.entries(grads).map(([k, g]) => [k, tf.mul(g, -0.1)])),
        state: {},
      }),
    };
    const one = createTrainer(model, { loss: meanSquaredError, optimizer: descent });
    const batch = { xs: tf.tensor([[2]]), ys: tf.tensor([[1]]) };
    const { loss, predictions } = one.step(batch);
    await expectClose(loss, (2 * w! - 1) ** 2, { relative: 1e-5 });
    await expectClose(predictions, [2 * w!], { relative: 1e-5 });
    await expectClose(model.parameters().kernel!, [w! - 0.1 * 2 * (2 * w! - 1) * 2], { relative: 1e-5 });
    tf.dispose([loss, predictions, batch.xs, batch.ys]);
    one.dispose();
    model.dispose();
  });
});

describe('checkpoints', () => {
  it('brings another process to the same place: the rest of the run is the same, bit for bit', async () => {
    const whole = network();
    await fit(whole, { ...options, data: clouds(), epochs: 3 });

    const first = createTrainer(network(), options);
    const abort = new AbortController();
    const stopAt = (step: number) => void (step === 6 && abort.abort());
    await expect(
      train(first, { data: clouds(), epochs: 3, signal: abort.signal, onStep: (r) => stopAt(r.step) }),
    ).rejects.toThrow();
    const bytes = await saveCheckpoint(first, { note: 'kept' });

    // Other first values, all of which the checkpoint replaces.
    const other = createModel(first.model.layer, { seed: 99 });
    const second = createTrainer(other, options);
    const before = tf.memory().numTensors;
    expect(loadCheckpoint(second, bytes)).toMatchObject({ note: 'kept', step: '6' });
    expect(tf.memory().numTensors).toBe(before);
    await train(second, { data: clouds(), epochs: 3 });
    expect(await weights(other)).toEqual(await weights(whole));
  });

  it('brings back the count of missed steps of a parameter that was frozen for a while', async () => {
    const xs = tf.tensor2d([1, -1, 2, 0.5], [2, 2]);
    const ys = tf.tensor1d([0, 1], 'int32');
    const freeze = (model: Model, frozen: boolean) => {
      for (const [name, variable] of Object.entries(model.parameters())) {
        if (name.startsWith('hidden')) variable.trainable = !frozen;
      }
    };
    const first = createTrainer(network(), options);
    tf.dispose(first.step({ xs, ys }) as unknown as tf.TensorContainer);
    freeze(first.model, true);
    for (let i = 0; i < 2; i++) tf.dispose(first.step({ xs, ys }) as unknown as tf.TensorContainer);
    freeze(first.model, false);
    expect(Object.keys(first.state)).toContain('missed');

    const second = createTrainer(network(), options);
    loadCheckpoint(second, await saveCheckpoint(first));
    for (const trainer of [first, second])
      tf.dispose(trainer.step({ xs, ys }) as unknown as tf.TensorContainer);
    expect(await weights(second.model)).toEqual(await weights(first.model));
  });

  it('refuses what is not its own, and changes nothing then', async () => {
    const one = createTrainer(network(), options);
    const bytes = await saveCheckpoint(one);
    const another = createTrainer(createModel(dense({ inFeatures: 2, outFeatures: 2 })), options);
    const values = await weights(another.model);
    expect(() => loadCheckpoint(another, bytes)).toThrow(
      /loadCheckpoint: the optimizer remembers .*give the optimizer that it was saved with/,
    );
    const noMomentum = createTrainer(one.model, {
      ...options,
      optimizer: { init: () => ({}), update: () => ({ updates: {}, state: {} }) },
    });
    expect(() => loadCheckpoint(noMomentum, bytes)).toThrow(/unknown/);
    expect(() => loadCheckpoint(one, bytes.subarray(0, 40))).toThrow(
      /loadSafetensors: the file is not valid/,
    );
    expect(await weights(another.model)).toEqual(values);
  });
});

describe('accuracy and evaluate', () => {
  it('counts the hits', async () => {
    const scores = tf.tensor([
      [1, 2],
      [3, 0],
      [0, 1],
      [5, 4],
    ]);
    await expectClose(accuracy(tf.tensor([1, 0, 0, 1], [4], 'int32'), scores), 0.5);
    expect(() => accuracy(tf.tensor([[1, 0]]), scores)).toThrow(
      /labels have shape \[1,2\]; give class indices of shape \[4\]/,
    );
  });

  it('weighs a smaller last batch by its size', async () => {
    const model = network();
    const options = { loss: sparseSoftmaxCrossEntropy, metrics: { accuracy } };
    const inParts = await evaluate(model, clouds(50, 16), options);
    const atOnce = await evaluate(model, clouds(50, 50), options);
    expect(inParts.loss).toBeCloseTo(atOnce.loss, 5);
    expect(inParts.metrics.accuracy).toBeCloseTo(atOnce.metrics.accuracy!, 6);
    await expect(evaluate(model, { size: 0, stepsPerEpoch: 0, batches: () => [] }, options)).rejects.toThrow(
      /no example/,
    );
    model.dispose();
  });
});
