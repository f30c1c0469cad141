import { z } from 'zod';
import { adamWGroups } from '../recipes/adam-w-groups';
import { baseRecipe } from '../recipes/base-recipe';
import { muonGroups } from '../recipes/muon-groups';
import { defineModel } from './model-definition';
import { share, size } from './options';

export const vitHybrid = defineModel({
  title: 'Vision transformer on a convolutional stem',
  description: 'frozen whitening 2×2 convolution, three 3×3 convolutions, pre-norm attention blocks',
  schema: z.strictObject({
    stemWidth: size.optional(),
    width: size.optional(),
    depth: size.optional(),
    heads: size.optional(),
    mlpWidth: size.optional(),
    zeroInit: z.boolean().optional(),
    dropPathRate: share.optional(),
  }),
  fullSize: { stemWidth: 64, width: 128, depth: 4, mlpWidth: 256 },
  build: async (options, task) => (await import('@tenfold/architectures')).vitHybrid({ ...task, ...options }),
  needs: 'whitening',
  step: {
    optimizer: 'adamW',
    widths: { count: 2, expected: 'two numbers, the widths of the stem and of the tokens, such as 64,128' },
    withWidths: ([stemWidth, width]) => ({ stemWidth: stemWidth!, width: width! }),
  },
  recipes: {
    quick: {
      ...baseRecipe,
      architecture: { stemWidth: 32, width: 64, depth: 2, heads: 4, mlpWidth: 128 },
      epochs: 2,
      optimizer: {
        maxNorm: 1,
        groups: adamWGroups({ peak: 2e-3, weightDecay: 0.05, warmupFraction: 0.1 }),
      },
    },
    /**
     * The stem of the `cnn` with its optimizer (Muon at 0.12, whitening bias frozen after three epochs), then four attention
     * blocks whose matrices are trained by Muon with another rate. No strong augmentation: in so few epochs it costs more
     * than it gains.
     */
    hour: {
      ...baseRecipe,
      architecture: { stemWidth: 64, width: 128, depth: 4, heads: 4, mlpWidth: 256 },
      epochs: 18,
      batchSize: 500,
      augmentation: { shift: 2, flip: 'alternating', cutout: 0 },
      optimizer: {
        maxNorm: 1,
        groups: [
          {
            match: '^stem\\.conv\\d\\.kernel$',
            rule: 'muon',
            learningRate: { schedule: 'linear', from: 0.12, to: 0, warmupFraction: 0.1 },
            momentum: 0.6,
            newtonSchulzSteps: 3,
            normalizeWeights: true,
            weightDecay: 0,
          },
          {
            match: '^whiten\\.bias$',
            rule: 'adamW',
            learningRate: { schedule: 'linear', from: 2e-3, to: 0, warmupFraction: 0.1 },
            trainedEpochs: 3,
            beta1: 0.9,
            beta2: 0.98,
            weightDecay: 0,
          },
          ...muonGroups({ matrices: '^(tokens|block\\d+\\..*)\\.kernel$', muon: 0.04, adamW: 2e-3 }),
        ],
      },
      tuning:
        "Muon's learning rate in the blocks among 0.02 and 0.04, by accuracy on 5,000 images after one epoch",
      testViews: 6,
    },
    /**
     * The recipe of CCT-7/3×2, a transformer on convolutions with 93.83 % test accuracy after 200 epochs and 1.7e16
     * operations. Here the stem has three convolutions and starts with whitening filters, followed by seven blocks of the
     * same sizes on 49 tokens. Dropout within the blocks is left out.
     *
     * @see Hassani et al., "Escaping the Big Data Paradigm with Compact Transformers", 2021,
     *   https://arxiv.org/abs/2104.05704; https://github.com/SHI-Labs/Compact-Transformers
     */
    paper: {
      ...baseRecipe,
      architecture: { stemWidth: 64, width: 256, depth: 7, heads: 4, mlpWidth: 512, dropPathRate: 0.1 },
      epochs: 200,
      batchSize: 128,
      augmentation: { shift: 4, flip: 'random', cutout: 0, policy: 'autoAugment' },
      optimizer: {
        maxNorm: null,
        groups: adamWGroups({
          peak: 5e-4,
          end: 1e-5,
          weightDecay: 0.03,
          warmupFraction: 0.025,
          beta2: 0.999,
        }),
      },
      testViews: 6,
    },
  },
});
