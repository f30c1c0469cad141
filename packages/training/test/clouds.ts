import { createModel, dense, dropout, sequential } from '@tenfold/layers';
import { sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { accuracy } from '@tenfold/metrics';
import { adam } from '@tenfold/optimizers';
import { createRng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import type { BatchSource } from '../src/index';

/** Two noisy clouds, shuffled in every epoch; the last batch is smaller than the others. */
export function clouds(size = 50, batchSize = 16): BatchSource & { stepsPerEpoch: number } {
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

/** A small network with dropout. */
export const network = () =>
  createModel(
    sequential({
      hidden: dense({ inFeatures: 2, outFeatures: 8 }),
      relu: (x) => tf.relu(x),
      drop: dropout({ rate: 0.1 }),
      head: dense({ inFeatures: 8, outFeatures: 2 }),
    }),
    { seed: 3 },
  );
/** The options of its trainer. */
export const trainerOptions = {
  loss: sparseSoftmaxCrossEntropy,
  optimizer: adam({ learningRate: 0.02 }),
  seed: 5,
};
export const metrics = { accuracy };
export const options = { ...trainerOptions, metrics };
/** The values of all parameters. */
export const weights = async (model: { parameters(): tf.NamedTensorMap }) =>
  Object.fromEntries(
    await Promise.all(Object.entries(model.parameters()).map(async ([k, v]) => [k, [...(await v.data())]])),
  );
