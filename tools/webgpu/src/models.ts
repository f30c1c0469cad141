import { airbench, mlp, vit } from '@tenfold/architectures';
import { createModel, type Layer, type Model } from '@tenfold/layers';
import { sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { adamW, type Optimizer, sgd } from '@tenfold/optimizers';
import { createRng } from '@tenfold/random';
import { createTrainer } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';

export type ModelName = 'cnn' | 'vit' | 'fnn';
export const modelNames: ModelName[] = ['cnn', 'vit', 'fnn'];

interface Case {
  layer: (small: boolean) => Layer;
  optimizer: () => Optimizer;
  /** The optimizer of tfjs that comes nearest. */
  tfOptimizer: () => tf.Optimizer;
}

const cases: Record<ModelName, Case> = {
  cnn: {
    layer: (small) => airbench(small ? { widths: [16, 32, 32] } : {}),
    optimizer: () => sgd({ learningRate: 0.01, momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
    tfOptimizer: () => tf.train.momentum(0.01, 0.9, true),
  },
  vit: {
    layer: (small) => vit(small ? { width: 64, depth: 2, mlpWidth: 128 } : {}),
    optimizer: () => adamW({ learningRate: 1e-3, weightDecay: 0.05 }),
    tfOptimizer: () => tf.train.adam(1e-3),
  },
  fnn: {
    layer: (small) => mlp({ widths: small ? [128, 64] : [1024, 512, 256] }),
    optimizer: () => adamW({ learningRate: 1e-3, weightDecay: 0.05 }),
    tfOptimizer: () => tf.train.adam(1e-3),
  },
};

/** A training of one model on the current backend, on one batch of noise that is uploaded anew for every step. */
export interface Training {
  model: Model;
  /** One step; the loss is left on the device. */
  step(): tf.Scalar;
  dispose(): void;
}

export interface TrainingOptions {
  batch: number;
  small?: boolean;
  /** Whether the step is taken by tfjs's own optimizer. */
  stock?: boolean;
}

export function createTraining(
  name: ModelName,
  { batch, small = false, stock = false }: TrainingOptions,
): Training {
  const { layer, optimizer, tfOptimizer } = cases[name];
  const model = createModel(layer(small), { seed: 1 });
  const rng = createRng(2);
  const pixels = rng.fillNormal(new Float32Array(batch * 3072));
  const classes = Int32Array.from({ length: batch }, () => rng.integer(10));
  const loss = (ys: tf.Tensor, predictions: tf.Tensor) =>
    sparseSoftmaxCrossEntropy(ys, predictions, { labelSmoothing: 0.1 });
  const withBatch = (take: (xs: tf.Tensor, ys: tf.Tensor) => tf.Scalar): tf.Scalar => {
    const [xs, ys] = [tf.tensor4d(pixels.slice(), [batch, 32, 32, 3]), tf.tensor1d(classes, 'int32')];
    const value = take(xs, ys);
    tf.dispose([xs, ys]);
    return value;
  };
  if (stock) {
    const rule = tfOptimizer();
    const variables = Object.values(model.trainable());
    let count = 0;
    return {
      model,
      step: () =>
        withBatch((xs, ys) => {
          const context = { training: true, rng: createRng(3).fork(count++) };
          const cost = () => loss(ys, model.apply(xs, context)) as tf.Scalar;
          return tf.tidy(() => rule.minimize(cost, true, variables)!);
        }),
      dispose: () => {
        rule.dispose();
        model.dispose();
      },
    };
  }
  const steps = createTrainer(model, { loss, optimizer: optimizer() });
  return {
    model,
    step: () =>
      withBatch((xs, ys) => {
        const result = steps.step({ xs, ys });
        result.predictions.dispose();
        return result.loss;
      }),
    dispose: () => {
      steps.dispose();
      model.dispose();
    },
  };
}
