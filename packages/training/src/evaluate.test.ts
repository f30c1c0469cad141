import { createModel, dense, zeros } from '@tenfold/layers';
import { meanSquaredError, sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { accuracy, rootMeanSquaredError as squared } from '@tenfold/metrics';
import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { clouds, network } from '../test/clouds';
import { evaluate } from './index';

describe('evaluate', () => {
  it('weights a smaller last batch by its size', async () => {
    const model = network();
    const options = { loss: sparseSoftmaxCrossEntropy, metrics: { accuracy } };
    const inParts = await evaluate(model, clouds(50, 16), options);
    const atOnce = await evaluate(model, clouds(50, 50), options);
    expect(inParts.loss).toBeCloseTo(atOnce.loss, 5);
    expect(inParts.metrics.accuracy).toBeCloseTo(atOnce.metrics.accuracy!, 6);
    model.dispose();
  });

  it('weights the batches of a loss with weights by their numbers of examples, and a metric by its weights', async () => {
    const model = createModel(dense({ inFeatures: 1, outFeatures: 1, bias: false, initializer: zeros() }));
    const ys = { labels: [[1], [1], [1], [10]], weights: [1, 1, 1, 0] };
    type Y = { labels: tf.Tensor; weights: tf.Tensor };
    for (const [batchSize, loss] of [
      [1, 0.75],
      [2, 1],
      [4, 1],
    ] as const) {
      const found = await evaluate<tf.Tensor, Y>(
        model,
        { xs: [[1], [1], [1], [1]], ys, batchSize },
        {
          loss: (y, p) => meanSquaredError(y.labels, p, { weights: y.weights }),
          metrics: { error: squared.select((y: Y, p: tf.Tensor) => ({ ...y, predictions: p })) },
        },
      );
      expect(found.loss).toBeCloseTo(loss, 6);
      expect(found.metrics.error).toBeCloseTo(1, 6);
    }
    model.dispose();
  });

  it('leaves no tensor when any part throws', async () => {
    const model = network();
    const before = tf.memory().numTensors;
    const fail = () => {
      throw new Error('on purpose');
    };
    const loss = sparseSoftmaxCrossEntropy;
    const perExample = (y: tf.Tensor, p: tf.Tensor) => loss(y, p, { reduction: 'none' });
    for (const [options, message] of [
      [{ loss: fail }, /on purpose/],
      [{ loss, metrics: { fail } }, /on purpose/],
      [{ loss, onBatch: fail }, /on purpose/],
      [{ loss, onBatch: async () => fail() }, /on purpose/],
      [{ loss: perExample }, /^evaluate: the loss has shape \[16\]; return a scalar/],
      [{ loss: perExample, metrics: { accuracy } }, /^evaluate: the loss has shape \[16\]/],
      [{ loss, metrics: { perExample } }, /^evaluate: the metric perExample has shape \[16\]/],
      [
        { loss, metrics: { half: () => 0.5 as never } },
        /^evaluate: the metric half is 0.5; return a scalar tensor/,
      ],
      [{ loss, signal: AbortSignal.abort(new Error('stop')) }, /stop/],
    ] as const) {
      await expect(evaluate(model, clouds(), options as never)).rejects.toThrow(message);
      expect(tf.memory().numTensors).toBe(before);
    }
    model.dispose();
  });

  it('names a label that is not a class, and returns NaN for NaN predictions', async () => {
    const model = network();
    const nan = (y: tf.Tensor, p: tf.Tensor) =>
      tf.mul(sparseSoftmaxCrossEntropy(tf.zerosLike(y), p), Number.NaN);
    const data = (ys: number[]) => ({
      xs: [
        [1, 2],
        [3, 4],
      ],
      ys,
    });
    await expect(evaluate(model, data([1, 2]), { loss: nan })).rejects.toThrow(
      /^evaluate: the loss is NaN: ys has the label 2 but the predictions have 2 classes/,
    );
    expect((await evaluate(model, data([1, 0]), { loss: nan })).loss).toBeNaN();
    model.dispose();
  });

  it('divides a summed loss by the number of examples', async () => {
    const model = network();
    const loss = (y: tf.Tensor, p: tf.Tensor) => sparseSoftmaxCrossEntropy(y, p, { reduction: 'sum' });
    const sum = await evaluate(model, clouds(50, 16), { loss, reduction: 'sum' });
    const mean = await evaluate(model, clouds(50, 50), { loss: sparseSoftmaxCrossEntropy });
    await expectClose(sum.loss, mean.loss);
    model.dispose();
  });

  it.each([
    [undefined, /^evaluate: options is undefined/],
    [{}, /^evaluate: loss is missing; give a function of labels and predictions/],
    [{ loss: 'mse' }, /^evaluate: loss is "mse"; give a function/],
    [
      { metrics: ['accuracy'] },
      /^evaluate: metrics is \["accuracy"\]; give metrics of @tenfold.* { accuracy }/,
    ],
    [
      { metrics: { accuracy: 'accuracy' } },
      /^evaluate: metrics\.accuracy is "accuracy"; give a metric, such as accuracy after import { accuracy } from '@tenfold\/metrics'/,
    ],
    [{ signal: true }, /^evaluate: signal is true; give the signal of an AbortController/],
    [{ onBatch: 1 }, /^evaluate: onBatch is 1; give a function/],
    [{ metric: 1 }, /there is no option "metric"; did you mean metrics/],
  ])('rejects the options %j', async (wrong, message) => {
    const model = network();
    const options = wrong && Object.keys(wrong).length > 0 ? { loss: () => tf.scalar(0), ...wrong } : wrong;
    await expect(evaluate(model, clouds(), options as never)).rejects.toThrow(message);
    model.dispose();
  });
});
