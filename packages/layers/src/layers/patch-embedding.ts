import { assertOptions, assertSize, count, required } from '@tenfold/checks';
import type { Initializer } from '../initializers';
import { initializerKind } from '../initializers/initializer';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { inputTensor } from '../ops/input-tensor';
import { assertPatches, toPatches } from '../ops/patches';
import { type DenseParams, dense } from './dense';

export interface PatchEmbeddingOptions {
  /** Height and width of a patch; must divide those of the image. */
  patchSize: number;
  /** Number of channels of the images. */
  inChannels: number;
  /** Size of the tokens. */
  features: number;
  /** Initializer of the kernel; by default, uniform in ±1/√(patchSize²·inChannels). */
  initializer?: Initializer;
  /** Initializer of the bias; by default, uniform in ±1/√(patchSize²·inChannels). */
  biasInitializer?: Initializer;
}

/**
 * Splits images into non-overlapping patches and projects each to a token: a convolution whose stride equals its kernel size.
 *
 * token[n, i·w + j] = b + Σ_{u,v,c} x[n, p·i + u, p·j + v, c]·W[(u·p + v)·C + c], patch size p, w patches per row
 *
 * @returns a layer from [batch, height, width, inChannels] to [batch, height·width/patchSize², features]
 * @throws when an option is unknown or out of range, or the input is not such a batch of images
 * @example
 * patchEmbedding({ patchSize: 4, inChannels: 3, features: 128 }); // [n, 32, 32, 3] -> [n, 64, 128]
 * @see Dosovitskiy et al., "An Image is Worth 16x16 Words", 2021, https://arxiv.org/abs/2010.11929, equation 1
 */
export function patchEmbedding(options: PatchEmbeddingOptions): Layer<DenseParams> {
  assertOptions('patchEmbedding', options, {
    patchSize: required(count),
    inChannels: required(count),
    features: required(count),
    initializer: initializerKind,
    biasInitializer: initializerKind,
  });
  const { patchSize, inChannels, features, initializer, biasInitializer } = options;
  const inFeatures = patchSize * patchSize * inChannels;
  assertSize('patchEmbedding', options, { patchSize, inChannels }, 'the values of a patch', inFeatures);
  const project = dense({ inFeatures, outFeatures: features, initializer, biasInitializer });
  return defineLayer('patchEmbedding', {
    init: project.init,
    apply(params, input, context) {
      const x = inputTensor('patchEmbedding', input);
      assertPatches('patchEmbedding', x, patchSize, inChannels);
      return project.apply(params, toPatches(x, patchSize), context);
    },
  });
}
