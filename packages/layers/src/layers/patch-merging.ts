import { assertOptions, count, func, positive, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Initializer } from '../initializers';
import { block } from '../model/block';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { assertTokens, inputTensor } from '../ops/input-tensor';
import { type DenseParams, dense } from './dense';
import { type LayerNormParams, layerNorm } from './layer-norm';

export interface PatchMergingOptions {
  /** Number of rows of the grid of tokens, an even number. */
  height: number;
  /** Number of columns of the grid, an even number. */
  width: number;
  /** Size of the tokens. */
  features: number;
  /** Size of the merged tokens; 2·features by default. */
  outFeatures?: number;
  /** Added to the variance in the norm, above 0; 1e-5 by default. */
  epsilon?: number;
  /** Initializer of the kernel; `torchUniform()` by default. */
  initializer?: Initializer;
}

/** The parameters of {@link patchMerging}. */
export interface PatchMergingParams {
  /** Of the norm of four joined tokens. */
  norm: LayerNormParams;
  /** The projection, without a bias. */
  reduction: DenseParams;
}

/**
 * Patch merging of Swin transformers: joins each 2×2 tokens of a grid, normalizes and projects them, so that height and width halve.
 *
 * y[i, j] = N([x[2i, 2j], x[2i + 1, 2j], x[2i, 2j + 1], x[2i + 1, 2j + 1]])·W
 *
 * @returns a layer from [batch, height·width, features] to [batch, height·width/4, outFeatures]
 * @throws when an option is unknown or out of range, height or width is odd, or the input is not such a batch
 * @example
 * patchMerging({ height: 8, width: 8, features: 64 }); // [n, 64, 64] -> [n, 16, 128]
 * @see Liu et al., "Swin Transformer", 2021, https://arxiv.org/abs/2103.14030, section 3.1
 */
export function patchMerging(options: PatchMergingOptions): Layer<PatchMergingParams> {
  assertOptions('patchMerging', options, {
    height: required(count),
    width: required(count),
    features: required(count),
    outFeatures: count,
    epsilon: positive,
    initializer: func,
  });
  const { height, width, features, outFeatures = 2 * features, epsilon, initializer } = options;
  if (height % 2 !== 0 || width % 2 !== 0) {
    throw new Error(`patchMerging: height is ${height} and width is ${width}; give even numbers`);
  }
  const layers = {
    norm: layerNorm({ features: 4 * features, epsilon }),
    reduction: dense({ inFeatures: 4 * features, outFeatures, bias: false, initializer }),
  };
  return defineLayer(
    'patchMerging',
    block(layers, (l, input) => {
      const x = inputTensor('patchMerging', input);
      assertTokens('patchMerging', x, features, height * width);
      const [batch, rows, columns] = [x.shape[0]!, height / 2, width / 2];
      const grid = tf.reshape(x, [batch * rows, 2, columns, 2, features]);
      // Row within the pair varies first, as in the original.
      const joined = tf.reshape(tf.transpose(grid, [0, 2, 3, 1, 4]), [batch, rows * columns, 4 * features]);
      return l.reduction(l.norm(joined));
    }),
  );
}
