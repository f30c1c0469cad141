import { z } from 'zod';
import { adamWGroups } from '../recipes/adam-w-groups';
import { baseRecipe } from '../recipes/base-recipe';
import { defineModel } from './model-definition';
import { share, size } from './options';

export const fnn = defineModel({
  title: 'Fully connected network',
  description: 'dense layers with batch norm, GELU and dropout',
  schema: z.strictObject({
    widths: z.array(size).min(1).optional().meta({ description: 'Units of each hidden layer.' }),
    dropoutRate: share.optional(),
  }),
  fullSize: { widths: [2048, 2048, 1024] },
  build: async (options, { whitening, ...task }) =>
    (await import('@tenfold/architectures')).mlp({ ...task, ...options }),
  step: {
    optimizer: 'sgd',
    architecture: { dropoutRate: 0 },
    widths: { expected: 'the units of each hidden layer, such as 2048,1024' },
    withWidths: (widths) => ({ widths }),
  },
  recipes: {
    quick: {
      ...baseRecipe,
      architecture: { widths: [1024, 512, 256], dropoutRate: 0.1 },
      epochs: 5,
      optimizer: {
        maxNorm: null,
        groups: adamWGroups({ peak: 1e-3, weightDecay: 0.05, warmupFraction: 0.1 }),
      },
    },
    /**
     * Dense layers only, at full width. AdamW instead of Muon, whose iteration on matrices with 2048 rows costs as much as 17
     * steps on 500 images. The best published accuracy of such a network without pre-training is 85.2 % (Neyshabur, 2020,
     * with a regularizer that learns locality, in hundreds of epochs); plain training reaches 70 to 75 % in 1,000 epochs or
     * more.
     */
    hour: {
      ...baseRecipe,
      architecture: { widths: [2048, 2048, 1024], dropoutRate: 0.1 },
      epochs: 90,
      batchSize: 500,
      augmentation: { shift: 4, flip: 'alternating', cutout: 0 },
      optimizer: {
        maxNorm: 1,
        groups: adamWGroups({ peak: 7.5e-4, weightDecay: 0.1, warmupFraction: 0.1 }),
      },
      tuning:
        'learning rate among 7.5e-4, 1.5e-3 and 3e-3, by accuracy on 5,000 images after five epochs; mixup among 0 and 0.3, after twelve',
      testViews: 6,
    },
    /**
     * Dense layers only, wide and trained long. No publication supports the paper's 88.3 %: the best accuracy of such a
     * network trained from scratch on these images alone is 85.2 % (Neyshabur, 2020: it starts as an unrolled convolution
     * and is regularized to stay local). Plain training with mixup, shifts and flips, as here, reaches about 70 % after
     * 1,000 epochs and up to 75 % after 5,000 (Bachmann, 2023, with residual blocks, which reach 88.5 % after pre-training on
     * ImageNet-21k). So expect 70 to 75 %.
     *
     * @see Bachmann, Anagnostidis, Hofmann, "Scaling MLPs: A Tale of Inductive Bias", 2023,
     *   https://arxiv.org/abs/2306.13575; Neyshabur, 2020,
     *   https://arxiv.org/abs/2007.13657
     */
    paper: {
      ...baseRecipe,
      architecture: { widths: [4096, 4096, 2048], dropoutRate: 0.1 },
      epochs: 1000,
      batchSize: 500,
      labelSmoothing: 0.3,
      augmentation: { shift: 4, flip: 'random', cutout: 0, mixup: 0.8 },
      optimizer: {
        maxNorm: 1,
        groups: adamWGroups({ peak: 1e-3, weightDecay: 0.1, warmupFraction: 0.02 }),
      },
      testViews: 6,
    },
  },
});
