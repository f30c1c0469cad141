import { z } from 'zod';
import { baseRecipe } from '../recipes/base-recipe';
import type { GroupRecipe } from '../recipes/training-recipe';
import { defineModel } from './model-definition';
import { size } from './options';

/** SGD with Nesterov momentum; the rate rises to 0.2 and falls to 0; weight decay only for kernels. */
const group = (match: string, weightDecay: number): GroupRecipe => ({
  match,
  rule: 'sgd',
  learningRate: { schedule: 'linear', from: 0.2, to: 0, warmupFraction: 0.2 },
  momentum: 0.9,
  nesterov: true,
  weightDecay,
});

export const resnet20 = defineModel({
  title: 'Residual network',
  description: '3×3 convolutions with batch norm and ReLU, in residual blocks, linear head',
  schema: z.strictObject({
    width: size.multipleOf(2).optional().meta({ description: 'Channels of the first stage.' }),
    depth: size
      .refine((depth) => depth > 2 && depth % 6 === 2, { error: 'expected 6·n + 2, such as 20 or 32' })
      .optional()
      .meta({ description: 'Layers with weights: 6·n + 2 for n blocks per stage.' }),
  }),
  fullSize: { width: 16, depth: 20 },
  build: async (options, { inChannels, classes }) =>
    (await import('@tenfold/architectures')).resNet({ inChannels, classes, ...options }),
  step: {
    optimizer: 'sgd',
    widths: { count: 1, expected: 'one number, the channels of the first stage, such as 16' },
    withWidths: ([width]) => ({ width: width! }),
  },
  recipes: {
    quick: {
      ...baseRecipe,
      architecture: { width: 16, depth: 20 },
      epochs: 3,
      labelSmoothing: 0,
      optimizer: { maxNorm: null, groups: [group('kernel$', 5e-4), group('', 0)] },
    },
  },
});
