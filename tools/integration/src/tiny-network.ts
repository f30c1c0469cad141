import { gelu } from '@tenfold/activations';
import {
  batchNorm,
  block,
  conv2d,
  createModel,
  dense,
  layerNorm,
  lstm,
  type Model,
  maxPool2d,
  multiHeadAttention,
  sequential,
} from '@tenfold/layers';
import { sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { adam, adamW, lion, muon, type Optimizer, partition, rmsProp, sgd } from '@tenfold/optimizers';
import { createRng } from '@tenfold/random';
import { type Batch, createTrainer, type Trainer } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';

const SIDE = 8;
const CHANNELS = 16;
const CLASSES = 4;

/** A network with a part of every kind: convolutions, batch norm, attention, an LSTM; images [batch, 8, 8, 3]. */
export function tinyNetwork(seed: number): Model {
  const attention = block(
    {
      norm: layerNorm({ features: CHANNELS }),
      attention: multiHeadAttention({ features: CHANNELS, heads: 2 }),
    },
    (l, x) => tf.add(x, l.attention(l.norm(x))),
  );
  return createModel(
    sequential({
      conv1: conv2d({ inChannels: 3, outChannels: CHANNELS, kernelSize: 3, bias: false }),
      norm: batchNorm({ channels: CHANNELS }),
      gelu,
      conv2: conv2d({ inChannels: CHANNELS, outChannels: CHANNELS, kernelSize: 3 }),
      pool: maxPool2d({ poolSize: 2 }),
      tokens: (x: tf.Tensor) => tf.reshape(x, [-1, (SIDE * SIDE) / 4, CHANNELS]),
      attention,
      lstm: lstm({ inFeatures: CHANNELS, units: 8 }),
      head: dense({ inFeatures: 8, outFeatures: CLASSES }),
    }),
    { seed },
  );
}

/**
 * Optimizers of several kinds, each at a rate at which the network learns. That the others leak nothing either is tested in
 * packages/optimizers.
 */
export const optimizers: { [name: string]: () => Optimizer } = {
  sgd: () => sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true }),
  rmsProp: () => rmsProp({ learningRate: 0.002 }),
  adam: () => adam({ learningRate: 0.005 }),
  adamW: () => adamW({ learningRate: 0.005, weightDecay: 0.01 }),
  lion: () => lion({ learningRate: 0.0005 }),
  muon: () =>
    partition(
      [{ match: /conv\d\.kernel$/, optimizer: muon({ learningRate: 0.01 }) }],
      adamW({ learningRate: 0.005 }),
    ),
};

/** Images with a wave for each class under noise, the same for the same seed. */
export function waves(batchSize: number, seed: number): Batch {
  const noise = createRng(seed).fillNormal(new Float32Array(batchSize * SIDE * SIDE * 3));
  const values = noise.map((value, i) => {
    const label = Math.floor(i / (SIDE * SIDE * 3)) % CLASSES;
    return 0.3 * value + Math.sin((i % (SIDE * SIDE * 3)) * 0.2 * (label + 1));
  });
  return {
    xs: tf.tensor(values, [batchSize, SIDE, SIDE, 3]),
    ys: tf.tensor(
      Int32Array.from({ length: batchSize }, (_, i) => i % CLASSES),
      [batchSize],
      'int32',
    ),
  };
}

export const training = (model: Model, optimizer: Optimizer): Trainer =>
  createTrainer(model, { loss: sparseSoftmaxCrossEntropy, optimizer });

/** Takes one step and returns its loss; nothing is left behind. */
export async function step(one: Trainer, batch: Batch): Promise<number> {
  const { loss, predictions } = one.step(batch);
  const [value] = await loss.data();
  tf.dispose([loss, predictions]);
  return value!;
}
