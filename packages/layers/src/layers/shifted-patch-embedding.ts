import { assertOptions, assertSize, count, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { block } from '../model/block';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { inputTensor } from '../ops/input-tensor';
import { assertPatches, toPatches } from '../ops/patches';
import { type DenseParams, dense } from './dense';
import { type LayerNormParams, layerNorm } from './layer-norm';

export interface ShiftedPatchEmbeddingOptions {
  /** Height and width of a patch, an even number; must divide those of the image. */
  patchSize: number;
  /** Number of channels of the images. */
  inChannels: number;
  /** Size of the tokens. */
  features: number;
}

/** The parameters of {@link shiftedPatchEmbedding}. */
export interface ShiftedPatchEmbeddingParams {
  /** The layer normalization of the patches. */
  norm: LayerNormParams;
  /** The projection to tokens. */
  project: DenseParams;
}

/**
 * Shifted patch tokenization: embeds patches of an image together with four copies shifted by half a patch, so that a token
 * also depends on the pixels around its patch.
 *
 * X = [x, x↖, x↗, x↙, x↘] along the channels, with diagonal shifts by half a patch, filled with zeros;
 * token = W·norm(patch of X) + b, with layer norm over the 5·patchSize²·inChannels values of a patch
 *
 * The parameters are `norm.gamma`, `norm.beta`, `project.kernel` [5·patchSize²·inChannels, features] and `project.bias`. The rows
 * of `project.kernel` are ordered by row, column and channel of X.
 *
 * @returns a layer from [batch, height, width, inChannels] to [batch, height·width/patchSize², features]
 * @throws when an option is unknown or out of range, patchSize is odd, or the input is not such a batch of images
 * @example
 * shiftedPatchEmbedding({ patchSize: 4, inChannels: 3, features: 192 }); // [n, 32, 32, 3] -> [n, 64, 192]
 * @see Lee, Lee, Song, "Vision Transformer for Small-Size Datasets", 2021, https://arxiv.org/abs/2112.13492, section 3.1
 */
export function shiftedPatchEmbedding(
  options: ShiftedPatchEmbeddingOptions,
): Layer<ShiftedPatchEmbeddingParams> {
  assertOptions('shiftedPatchEmbedding', options, {
    patchSize: required(count),
    inChannels: required(count),
    features: required(count),
  });
  const { patchSize, inChannels, features } = options;
  if (patchSize % 2 !== 0) {
    throw new Error(
      `shiftedPatchEmbedding: patchSize is ${patchSize}; give an even number, because copies are shifted by half of it`,
    );
  }
  const inFeatures = 5 * patchSize * patchSize * inChannels;
  assertSize(
    'shiftedPatchEmbedding',
    options,
    { patchSize, inChannels },
    'the values of a token',
    inFeatures,
  );
  const layers = {
    norm: layerNorm({ features: inFeatures }),
    project: dense({ inFeatures, outFeatures: features }),
  };
  const half = patchSize / 2;
  return defineLayer(
    'shiftedPatchEmbedding',
    block(layers, (l, input) => {
      const x = inputTensor('shiftedPatchEmbedding', input);
      assertPatches('shiftedPatchEmbedding', x, patchSize, inChannels);
      const [batch, height, width, channels] = x.shape as [number, number, number, number];
      const padded = tf.pad(x, [
        [0, 0],
        [half, half],
        [half, half],
        [0, 0],
      ]);
      const copies = [
        [half, half],
        [2 * half, 2 * half],
        [2 * half, 0],
        [0, 2 * half],
        [0, 0],
      ].map(([down, right]) => tf.slice(padded, [0, down!, right!, 0], [batch, height, width, channels]));
      return l.project(l.norm(toPatches(tf.concat(copies, 3), patchSize)));
    }),
  );
}
