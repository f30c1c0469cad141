import { z } from 'zod';
import { adamWGroups } from '../recipes/adam-w-groups';
import { baseRecipe } from '../recipes/base-recipe';
import { muonGroups } from '../recipes/muon-groups';
import { defineModel } from './model-definition';
import { share, size } from './options';

export const vit = defineModel({
  title: 'Vision transformer',
  description: 'patches, pre-norm attention blocks, mean pooling',
  schema: z.strictObject({
    patchSize: size.optional(),
    width: size.optional(),
    depth: size.optional(),
    heads: size.optional(),
    mlpWidth: size.optional(),
    positions: z.enum(['sincos2d', 'learned']).optional(),
    zeroInit: z.boolean().optional(),
    tokens: z.enum(['patches', 'shifted']).optional(),
    attention: z.enum(['global', 'locality']).optional(),
    dropPathRate: share.optional(),
  }),
  fullSize: { width: 128, depth: 6, mlpWidth: 256 },
  build: async (options, { whitening, ...task }) =>
    (await import('@tenfold/architectures')).vit({ ...task, ...options }),
  step: {
    optimizer: 'adamW',
    widths: { count: 1, expected: 'one number, the width of the tokens, such as 128' },
    withWidths: ([width]) => ({ width: width! }),
  },
  recipes: {
    quick: {
      ...baseRecipe,
      architecture: { patchSize: 4, width: 64, depth: 4, heads: 4, mlpWidth: 128 },
      epochs: 3,
      optimizer: {
        maxNorm: 1,
        groups: adamWGroups({ peak: 2e-3, weightDecay: 0.05, warmupFraction: 0.1 }),
      },
    },
    /**
     * A plain transformer on patches of 4×4 pixels with shifted patch tokenization (Lee, 2021): Muon for its matrices, small
     * batches for many steps. No published plain transformer reaches 90 % test accuracy with less than about fifty times
     * this compute.
     */
    hour: {
      ...baseRecipe,
      architecture: { patchSize: 4, width: 128, depth: 6, heads: 4, mlpWidth: 256, tokens: 'shifted' },
      epochs: 12,
      augmentation: { shift: 2, flip: 'alternating', cutout: 0 },
      optimizer: {
        maxNorm: 1,
        groups: muonGroups({ matrices: '^block\\d+\\..*\\.kernel$', muon: 0.04, adamW: 2e-3 }),
      },
      tuning: "Muon's learning rate among 0.02, 0.04 and 0.08, by accuracy on 5,000 images after one epoch",
      testViews: 6,
    },
    /**
     * SL-ViT: 94.53 % test accuracy in 1.7e16 operations, the cheapest plain transformer with published code above the paper's
     * 93.7 %. Its 100 epochs visit every image three times, so they are 300 here. Mean pooling replaces its class token, and
     * fixed sinusoidal positions replace its trained ones.
     *
     * @see Lee, Lee, Song, "Vision Transformer for Small-Size Datasets", 2021, https://arxiv.org/abs/2112.13492;
     *   https://github.com/aanna0701/SPT_LSA_ViT
     */
    paper: {
      ...baseRecipe,
      architecture: {
        patchSize: 4,
        width: 192,
        depth: 9,
        heads: 12,
        mlpWidth: 384,
        zeroInit: false,
        tokens: 'shifted',
        attention: 'locality',
        dropPathRate: 0.1,
      },
      epochs: 300,
      batchSize: 128,
      augmentation: {
        shift: 4,
        flip: 'random',
        cutout: 0,
        policy: 'autoAugment',
        randomErasing: 0.25,
        mixup: 1,
        cutmix: 1,
        mixProbability: 0.5,
      },
      optimizer: {
        maxNorm: null,
        groups: adamWGroups({ peak: 1e-3, end: 1e-6, weightDecay: 0.05, warmupFraction: 0.1, beta2: 0.999 }),
      },
      testViews: 6,
    },
  },
});
