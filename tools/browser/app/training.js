// A small training run, the same in a page, in a worker and in Node.
import { gelu } from '@tenfold/activations';
import { configureSimd } from '@tenfold/backend-simd';
import '@tenfold/gradients';
import { batchNorm, conv2d, createModel, dense, flatten, maxPool2d, sequential } from '@tenfold/layers';
import { sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { adamW } from '@tenfold/optimizers';
import { createTrainer } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';

const STEPS = 8;
const BATCH = 12;

/** Trains for a few steps and says what it ran on, what came out, and what was left in memory. */
export async function train({ backend = 'simd', threads } = {}) {
  if (threads) configureSimd({ threads });
  if (!(await tf.setBackend(backend))) throw new Error(`the backend ${backend} did not start`);
  const before = tf.memory();
  const model = createModel(
    sequential({
      conv1: conv2d({ inChannels: 3, outChannels: 16, kernelSize: 3 }),
      norm: batchNorm({ channels: 16 }),
      gelu,
      conv2: conv2d({ inChannels: 16, outChannels: 16, kernelSize: 3 }),
      pool: maxPool2d({ poolSize: 2 }),
      flatten,
      head: dense({ inFeatures: 8 * 8 * 16, outFeatures: 4 }),
    }),
    { seed: 1 },
  );
  const one = createTrainer(model, {
    loss: sparseSoftmaxCrossEntropy,
    optimizer: adamW({ learningRate: 0.01 }),
  });
  // Each class has a different wave, so there is something to learn.
  const images = Float32Array.from({ length: BATCH * 16 * 16 * 3 }, (_, i) => {
    const image = Math.floor(i / 768);
    return Math.sin((i % 768) * (0.01 + 0.02 * (image % 4)) + image);
  });
  const xs = tf.tensor(images, [BATCH, 16, 16, 3]);
  const ys = tf.tensor(
    Int32Array.from({ length: BATCH }, (_, i) => i % 4),
    [BATCH],
    'int32',
  );
  const losses = [];
  for (let step = 0; step < STEPS; step++) {
    const { loss, predictions } = one.step({ xs, ys });
    losses.push((await loss.data())[0]);
    tf.dispose([loss, predictions]);
  }
  const head = Array.from(await model.params.head.kernel.data());
  one.dispose();
  model.dispose();
  tf.dispose([xs, ys]);
  const after = tf.memory();
  const { runtime } = tf.backend();
  return {
    backend: tf.getBackend(),
    losses,
    weightSum: head.reduce((sum, weight) => sum + Math.abs(weight), 0),
    tensorsLeft: after.numTensors - before.numTensors,
    arenaBytesLeft: runtime ? after.arenaBytes - before.arenaBytes : 0,
    threads: runtime ? 1 + (runtime.pool?.online ?? 0) : 1,
    variant: runtime?.variant,
    sharedMemory: runtime?.shared,
    crossOriginIsolated: globalThis.crossOriginIsolated === true,
    inWorker: typeof document === 'undefined',
  };
}
