import { assertOptions } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { BatchSource } from '../batch-source';
import { type BatchOptions, batchKinds, planEpochs } from '../epoch-plan';
import { checkVectorSet, type VectorSet } from './vector-set';

/**
 * Makes batches of labeled points. The order depends only on the seed and the epoch.
 *
 * @returns batches with xs float32 [batch, features] and ys int32 [batch]
 * @throws when the arrays do not match, or the batch size is not an integer of at least 1
 * @example
 * const source = vectors(twoMoons({ count: 200 }), { batchSize: 20, shuffle: true, seed: 1 });
 */
export function vectors(vectorSet: VectorSet, options: BatchOptions): BatchSource {
  checkVectorSet('vectors', vectorSet);
  assertOptions('vectors', options, batchKinds);
  const { points, labels, count, features } = vectorSet;
  const { order, stepsPerEpoch, size } = planEpochs('vectors', count, options);
  return {
    batchSize: options.batchSize,
    stepsPerEpoch,
    size,
    *batches(epoch) {
      for (const indices of order(epoch)) {
        const xs = new Float32Array(indices.length * features);
        indices.forEach((index, n) => {
          xs.set(points.subarray(index * features, (index + 1) * features), n * features);
        });
        const ys = Int32Array.from(indices, (index) => labels[index]!);
        yield { xs: tf.tensor2d(xs, [indices.length, features]), ys: tf.tensor1d(ys, 'int32') };
      }
    },
  };
}
