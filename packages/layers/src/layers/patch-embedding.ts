import * as tf from '@tensorflow/tfjs-core';
import type { Initializer } from '../initializers';
import type { Layer } from '../model/layer';
import { assertSizes } from '../model/parameter';
import { dense } from './dense';

export interface PatchEmbeddingOptions {
  /** Height and width of a patch; divides the image's. */
  patchSize: number;
  inChannels: number;
  /** Size of the tokens. */
  features: number;
  /** Of the kernel; uniform in ±1/√(patchSize²·inChannels) by default, and so is the bias. */
  initializer?: Initializer;
  biasInitializer?: Initializer;
}

/**
 * Cuts images into patches that do not overlap and projects each to a token: a convolution whose stride is its size.
 *
 * token[n, i·w + j] = b + Σ_{u,v,c} x[n, p·i + u, p·j + v, c]·W[(u·p + v)·C + c], patch size p, w patches in a row
 *
 * @returns a layer from [batch, height, width, inChannels] to [batch, height·width/patchSize², features]
 * @throws when a size is not a positive integer, or the input is not such a batch of images
 * @example
 * patchEmbedding({ patchSize: 4, inChannels: 3, features: 128 }); // [n, 32, 32, 3] -> [n, 64, 128]
 * @see Dosovitskiy et al., "An Image is Worth 16x16 Words", 2021, https://arxiv.org/abs/2010.11929, equation 1
 */
export function patchEmbedding({
  patchSize,
  inChannels,
  features,
  initializer,
  biasInitializer,
}: PatchEmbeddingOptions): Layer {
  assertSizes('patchEmbedding', { patchSize, inChannels, features });
  const inFeatures = patchSize * patchSize * inChannels;
  const project = dense({ inFeatures, outFeatures: features, initializer, biasInitializer });
  return {
    init: project.init,
    apply(params, x, context) {
      const [batch, height, width, channels] = x.shape as [number, number, number, number];
      if (x.rank !== 4 || channels !== inChannels || height % patchSize || width % patchSize) {
        throw new Error(
          `patchEmbedding: the input has shape [${x.shape}]; give images [batch, height, width, ${inChannels}] whose height and width are multiples of ${patchSize}`,
        );
      }
      const [down, right] = [height / patchSize, width / patchSize];
      // Rows of patches, each cut across: [batch·down, patchSize, right, patchSize·channels].
      const cut = tf.reshape(x, [batch * down, patchSize, right, patchSize * inChannels]);
      const patches = tf.reshape(tf.transpose(cut, [0, 2, 1, 3]), [batch, down * right, inFeatures]);
      return project.apply(params as Parameters<typeof project.apply>[0], patches, context);
    },
  };
}
