import { assertOptions, assertSize, count, positive, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { assertTokens, ofTensor } from '../ops/input-tensor';

export interface SinCosPositions2dOptions {
  /** Number of rows of the grid of tokens, which are in row-major order. */
  height: number;
  /** Number of columns of the grid. */
  width: number;
  /** Size of the tokens, a multiple of 4, at least 8. */
  features: number;
  /** The longest wavelength divided by 2π; 10000 by default. */
  temperature?: number;
}

/**
 * Adds sines and cosines of the row and column of each token: fixed position embeddings for a grid of tokens.
 *
 * y[n, i·width + j] = x[n, i·width + j] + [sin(j·ω), cos(j·ω), sin(i·ω), cos(i·ω)], ω_k = temperature^(−k/(F − 1)),
 * k = 0 … F − 1, F = features/4
 *
 * @returns a function that keeps the shape [batch, height·width, features]
 * @throws when an option is unknown or out of range, or the input is not such a batch
 * @example
 * sequential([patchEmbedding({ patchSize: 4, inChannels: 3, features: 64 }), sinCosPositions2d({ height: 8, width: 8, features: 64 })]);
 * @see Beyer, Zhai, Kolesnikov, "Better plain ViT baselines for ImageNet-1k", 2022, https://arxiv.org/abs/2205.01580
 */
export function sinCosPositions2d(options: SinCosPositions2dOptions): (x: tf.Tensor) => tf.Tensor {
  assertOptions('sinCosPositions2d', options, {
    height: required(count),
    width: required(count),
    features: required(count),
    temperature: positive,
  });
  const { height, width, features, temperature = 10_000 } = options;
  if (features % 4 !== 0 || features < 8) {
    throw new Error(`sinCosPositions2d: features is ${features}; give a multiple of 4, at least 8`);
  }
  const size = height * width * features;
  assertSize('sinCosPositions2d', options, { height, width, features }, 'the values of all positions', size);
  let values: Float32Array | undefined;
  return ofTensor('sinCosPositions2d', (x) => {
    assertTokens('sinCosPositions2d', x, features, height * width);
    values ??= positions(height, width, features, temperature);
    return tf.add(x, tf.tensor(values, [height * width, features]));
  });
}

/** The values that are added, [height·width, features]. */
function positions(height: number, width: number, features: number, temperature: number): Float32Array {
  const quarter = features / 4;
  const values = new Float32Array(height * width * features);
  for (let token = 0; token < height * width; token++) {
    const [row, column] = [Math.floor(token / width), token % width];
    for (let k = 0; k < quarter; k++) {
      const frequency = temperature ** (-k / (quarter - 1));
      const waves = [column, row].flatMap((at) => [Math.sin(at * frequency), Math.cos(at * frequency)]);
      for (const [i, wave] of waves.entries()) values[token * features + i * quarter + k] = wave;
    }
  }
  return values;
}
