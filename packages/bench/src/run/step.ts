import { countFlops, countParameters } from '@tenfold/layers';
import { sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { adamW, type Optimizer, sgd } from '@tenfold/optimizers';
import { createRng } from '@tenfold/random';
import { trainer } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';
import { buildModel, needsWhitening } from '../recipes/build-model';
import type { ModelName } from './types';

export interface StepOptions {
  model: ModelName;
  /** Options of the architecture, such as `{ widths: [64, 256, 256] }`; the model's full size by default. */
  architecture?: { [option: string]: number | string | number[] };
  batchSize: number;
  /** Steps measured, after one that is not. */
  steps: number;
  seed?: number;
}

/** Training throughput of one model: medians over the steps. */
export interface StepMeasurement {
  model: ModelName;
  architecture: { [option: string]: number | string | number[] };
  backend: string;
  batchSize: number;
  steps: number;
  parameters: number;
  forwardFlopsPerImage: number;
  stepMilliseconds: { median: number; p10: number; p90: number; all: number[] };
  imagesPerSecond: number;
  /** Of 3 × the forward pass: forward, gradient of the inputs, gradient of the parameters. */
  gflops: number;
}

/**
 * Times whole training steps (forward, backward, optimizer) on random images that lie on the backend already: the
 * speed of the network, without the input pipeline. The optimizer is SGD with Nesterov momentum for `cnn` and `fnn`
 * and AdamW for the others, and nothing is dropped out, as in the PyTorch programs that this is compared with.
 */
export async function measureStep({
  model: name,
  architecture = {},
  batchSize,
  steps,
  seed = 0,
}: StepOptions): Promise<StepMeasurement> {
  const options = name === 'fnn' ? { dropoutRate: 0, ...architecture } : architecture;
  const rng = createRng(seed);
  const whitening = needsWhitening(name)
    ? rng.fork('whitening').fillNormal(new Float32Array(2 * 2 * 3 * 24))
    : undefined;
  const model = buildModel(name, options, seed, whitening);
  const one = trainer(model, {
    loss: (labels, logits) => sparseSoftmaxCrossEntropy(labels, logits, { labelSmoothing: 0.2 }),
    optimizer: optimizerOf(name),
    seed,
  });
  const xs = tf.tensor(rng.fork('images').fillNormal(new Float32Array(batchSize * 3072)), [
    batchSize,
    32,
    32,
    3,
  ]);
  const ys = tf.tensor(
    Int32Array.from({ length: batchSize }, (_, i) => i % 10),
    [batchSize],
    'int32',
  );
  const all: number[] = [];
  for (let i = 0; i <= steps; i++) {
    const start = performance.now();
    const { loss, predictions } = one.takeStep({ xs, ys });
    await loss.data(); // the step is over when its loss can be read and every update has been made
    await Object.values(model.trainable())[0]!.data();
    tf.dispose([loss, predictions]);
    if (i > 0) all.push(performance.now() - start);
  }
  const parameters = countParameters(model);
  const forwardFlopsPerImage = countFlops(model, [32, 32, 3]).total;
  one.dispose();
  model.dispose();
  tf.dispose([xs, ys]);
  const sorted = [...all].sort((a, b) => a - b);
  const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
  const imagesPerSecond = (1000 * batchSize) / at(0.5);
  return {
    model: name,
    architecture: options,
    backend: tf.getBackend(),
    batchSize,
    steps,
    parameters,
    forwardFlopsPerImage,
    stepMilliseconds: { median: at(0.5), p10: at(0.1), p90: at(0.9), all },
    imagesPerSecond,
    gflops: (3 * forwardFlopsPerImage * imagesPerSecond) / 1e9,
  };
}

function optimizerOf(name: ModelName): Optimizer {
  if (name === 'cnn' || name === 'fnn') return sgd({ learningRate: 0.1, momentum: 0.85, nesterov: true });
  return adamW({ learningRate: 1e-3 });
}
