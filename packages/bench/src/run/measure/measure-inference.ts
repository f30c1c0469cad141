import type { Model } from '@tenfold/layers';
import { createRng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import type { Inference } from '../../results/results';
import { computeQuantiles } from './quantiles';

const SECONDS = 1;
const RUNS = 5;

export interface InferenceOptions {
  /** [1, 32, 256] by default. */
  batchSizes?: number[];
  /**
   * Seconds per batch size, after one warmup run. At least five runs are made, unless they take more than five times as
   * long, and always one. 1 by default.
   */
  seconds?: number;
  signal?: AbortSignal;
}

/**
 * Times a model's predictions on random images that are already on the backend, until the logits can be read.
 *
 * @throws the signal's reason when it aborts
 */
export async function measureInference(
  model: Model,
  imageShape: number[],
  { batchSizes = [1, 32, 256], seconds = SECONDS, signal }: InferenceOptions = {},
): Promise<Inference[]> {
  const found: Inference[] = [];
  for (const batchSize of batchSizes) {
    const values = createRng(0).fillNormal(new Float32Array(batchSize * tf.util.sizeFromShape(imageShape)));
    const images = tf.tensor(values, [batchSize, ...imageShape]);
    const predict = async (): Promise<number> => {
      signal?.throwIfAborted();
      const start = performance.now();
      const logits = model.predict(images);
      await logits.data();
      logits.dispose();
      return performance.now() - start;
    };
    try {
      await predict();
      const times: number[] = [];
      const start = performance.now();
      const spent = () => (performance.now() - start) / 1000;
      do times.push(await predict());
      while (spent() < seconds || (times.length < RUNS && spent() < RUNS * seconds));
      const milliseconds = computeQuantiles(times);
      found.push({
        batchSize,
        milliseconds,
        runs: times.length,
        imagesPerSecond: (1000 * batchSize) / milliseconds.median,
      });
    } finally {
      images.dispose();
    }
    await new Promise((resolve) => setTimeout(resolve)); // lets Ctrl-C take effect
  }
  return found;
}
