import { z } from 'zod';
import { airbenchGroups } from '../recipes/airbench-groups';
import { baseRecipe } from '../recipes/base-recipe';
import type { GroupRecipe } from '../recipes/training-recipe';
import { defineModel } from './model-definition';
import { size } from './options';

const base = {
  ...baseRecipe,
  labelSmoothing: 0.2,
  augmentation: { shift: 2, flip: 'alternating', cutout: 0 },
} as const;

// The optimizer of the source, converted to a mean loss. The source has a sum over 1,024 images, with a rate of 10/7851 and
// a decay of 0.0153·1024/7851 per step. Converted to a mean, its rates are the same for every batch size.
const rate = (10 / 7851) * 1024;
const decay = (0.0153 * 1024) / 7851;

const sgd = (match: string, scale: number): GroupRecipe => ({
  match,
  rule: 'sgd',
  learningRate: { schedule: 'linear', from: scale * rate, to: 0.07 * scale * rate, warmupFraction: 0.23 },
  momentum: 0.85,
  nesterov: true,
  weightDecay: decay / (scale * rate),
});

export const cnn = defineModel({
  title: 'Convolutional network',
  description:
    'frozen whitening 2×2 convolution, three blocks of two 3×3 convolutions with batch norm and GELU, linear head',
  schema: z.strictObject({
    widths: z.tuple([size, size, size]).optional(),
    logitScale: z.number().gt(0).optional(),
  }),
  fullSize: { widths: [64, 128, 128] },
  build: async (options, task) => (await import('@tenfold/architectures')).airbench({ ...task, ...options }),
  needs: 'whitening',
  step: {
    optimizer: 'sgd',
    widths: {
      count: 3,
      expected: 'three numbers, the channels of the three blocks, such as 64,256,256',
    },
    withWidths: (widths) => ({ widths }),
  },
  recipes: {
    /** The recipe of airbench94_muon (Keller Jordan, 2024) at batch 250; the rates for the summed loss scale with the batch. */
    quick: {
      ...base,
      architecture: { widths: [32, 64, 64] },
      epochs: 2,
      optimizer: {
        maxNorm: null,
        groups: airbenchGroups({ batchSize: 250, filters: 0.085, head: 0.32, biases: 20 }),
      },
    },
    /**
     * The wide network of airbench95 with the optimizer of airbench94_muon (Keller Jordan, 2024) at batch 500: 9.1e14
     * operations. With SGD its source reaches 95.0 % test accuracy with TTA (6 views) in 15 epochs. The usual network,
     * widths 64/256/256, reaches 94 % in 8 epochs with less than a third of the operations; half as wide, 64/128/128,
     * 93 % in 9 epochs.
     */
    hour: {
      ...base,
      architecture: { widths: [128, 384, 384] },
      epochs: 10,
      batchSize: 500,
      optimizer: {
        maxNorm: null,
        groups: airbenchGroups({ batchSize: 500, filters: 0.12, head: 0.64, biases: 41, whitenEpochs: 3 }),
      },
      testViews: 6,
    },
    /**
     * airbench95: 95.01 % test accuracy with TTA (6 views), the mean of 200 runs, in 1.4e15 operations. The source also uses
     * Lookahead, which it says gains 0.05 points, starts its warmup at a fifth of the rate, and uses batches of 1,024, for
     * which WebAssembly's 4 GiB are too small.
     *
     * @see Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", 2024, https://arxiv.org/abs/2404.00498, section 3;
     *   https://github.com/KellerJordan/cifar10-airbench
     */
    paper: {
      ...base,
      architecture: { widths: [128, 384, 384] },
      epochs: 15,
      batchSize: 512,
      optimizer: {
        maxNorm: null,
        groups: [
          sgd('kernel$', 1),
          { ...sgd('^whiten\\.bias$', 64), trainedEpochs: 3 },
          sgd('(bias|beta)$', 64),
        ],
      },
      testViews: 6,
    },
  },
});
