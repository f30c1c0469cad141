import { createModel, dense } from '@tenfold/layers';
import { hinge, sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { sgd } from '@tenfold/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { evaluate } from './evaluate';
import { explainDivergence, explainDivergenceLater } from './explain-divergence';
import { fit } from './fit';

const xs = tf.ones([4, 3]);
const ys = tf.tensor1d([0, 1, -1, 2], 'int32');
const wrong = tf.tensor1d([0, 1, -1, 7], 'int32');
const predictions = tf.zeros([4, 3]);
const ignoring = (y: tf.Tensor, p: tf.Tensor, options: object = {}) =>
  sparseSoftmaxCrossEntropy(y, p, { ...options, ignoreIndex: -1 });
/** A masked mean that is 0/0 where all labels are ignored. */
const masking = (y: tf.Tensor, p: tf.Tensor) => {
  const mask = tf.cast(tf.greaterEqual(y, 0), 'float32');
  const losses = sparseSoftmaxCrossEntropy(tf.relu(y), p, { reduction: 'none' });
  return tf.div(tf.sum(tf.mul(losses, mask)), tf.sum(mask));
};

describe('labels that the loss ignores', () => {
  const of = (batch: { xs: tf.Tensor; ys: tf.Tensor }, more: object = {}) => ({
    ...{ batch, predictions, loss: Number.NaN, by: ignoring, ...more },
  });
  it.each([
    ['xs has 12 NaN or infinite values', of({ xs: tf.fill([4, 3], Infinity), ys })],
    ['xs has 12 NaN or infinite values', of({ xs: tf.fill([4, 3], Infinity), ys }, { by: masking })],
    ['ys has the label 7 but the predictions have 3 classes', of({ xs, ys: wrong })],
    ['the penalty of the regularizer is Infinity', of({ xs, ys }, { penalty: tf.scalar(Infinity) })],
    ['ys has the label -1 but', of({ xs, ys }, { by: sparseSoftmaxCrossEntropy })],
    ['ys has the label -1 but', of({ xs, ys }, { by: undefined })],
  ])('are not blamed: %s', async (cause, computed) => {
    const before = tf.memory().numTensors;
    expect(explainDivergence(computed)).toContain(cause);
    expect(await explainDivergenceLater(computed)).toContain(cause);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('are not blamed by evaluate', async () => {
    const model = createModel(dense({ inFeatures: 3, outFeatures: 3 }));
    await expect(evaluate(model, [{ xs, ys: wrong }], { loss: ignoring })).rejects.toThrow(
      'ys has the label 7 but the predictions have 3 classes',
    );
    model.dispose();
  });
});

it('names classWeights where they have no weight for a label', async () => {
  const model = createModel(dense({ inFeatures: 3, outFeatures: 1 }));
  const data = [{ xs, ys: tf.tensor2d([[1], [-1], [1], [-1]]) }];
  const parts = { data, loss: hinge, optimizer: sgd({ learningRate: 0.1 }), epochs: 1, classWeights: [1, 5] };
  await expect(fit(model, parts)).rejects.toThrow(
    'ys has the label -1, for which classWeights has no weight: it has those of 0 and 1',
  );
  model.dispose();
});
