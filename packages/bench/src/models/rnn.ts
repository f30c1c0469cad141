import { z } from 'zod';
import { adamWGroups } from '../recipes/adam-w-groups';
import { baseRecipe } from '../recipes/base-recipe';
import { defineModel } from './model-definition';
import { size } from './options';

const gridOptions = ['patchSize', 'width', 'depth'] as const;
const rowOptions = ['units'] as const;

export const rnn = defineModel({
  title: 'Recurrent network',
  description: 'over rows of pixels, or over a grid of patches in four directions',
  schema: z
    .strictObject({
      reads: z.enum(['rows', 'grid']).optional().meta({
        description:
          '"rows": one cell over the rows of pixels; or a grid of patches, along its rows and columns, in both directions. Default rows.',
      }),
      cell: z.enum(['lstm', 'gru']).optional(),
      units: size.optional().meta({ description: 'Only for rows.' }),
      patchSize: size.optional().meta({ description: 'Only for a grid.' }),
      width: size.optional().meta({ description: 'Only for a grid.' }),
      depth: size.optional().meta({ description: 'Only for a grid.' }),
    })
    .superRefine((options, context) => {
      const reads = options.reads ?? 'rows';
      for (const option of reads === 'rows' ? gridOptions : rowOptions) {
        if (options[option] === undefined) continue;
        const message = `expected no value, since reads is ${reads}`;
        context.addIssue({ code: 'custom', path: [option], message, input: options[option] });
      }
    }),
  fullSize: { units: 256 },
  async build({ reads = 'rows', units, ...options }, { whitening, ...task }) {
    const { reNet, rowRnn } = await import('@tenfold/architectures');
    return reads === 'grid' ? reNet({ ...task, ...options }) : rowRnn({ ...task, ...options, width: units });
  },
  step: {
    optimizer: 'adamW',
    widths: { count: 1, expected: 'one number, the units of the cell, such as 256' },
    withWidths: ([units]) => ({ units: units! }),
  },
  recipes: {
    quick: {
      ...baseRecipe,
      architecture: { cell: 'lstm', units: 128 },
      epochs: 4,
      optimizer: {
        maxNorm: 1,
        groups: adamWGroups({ peak: 3e-3, weightDecay: 0.05, warmupFraction: 0.1 }),
      },
    },
    /** GRUs over patches of 4×4 pixels along rows and columns, in both directions: a small ReNet (Visin, 2015). */
    hour: {
      ...baseRecipe,
      architecture: { reads: 'grid', cell: 'gru', patchSize: 4, width: 192, depth: 2 },
      epochs: 16,
      augmentation: { shift: 2, flip: 'alternating', cutout: 0 },
      optimizer: {
        maxNorm: 1,
        groups: adamWGroups({ peak: 6e-3, weightDecay: 0.05, warmupFraction: 0.1 }),
      },
      tuning: 'learning rate among 3e-3, 6e-3 and 1.2e-2, by accuracy on 5,000 images after one epoch',
      testViews: 6,
    },
    /**
     * A ReNet: 87.65 % test accuracy in its publication, the highest of a network that mixes patches only by recurrent cells.
     * Three passes along rows and columns of 256 patches of 2×2 pixels, with 160 units in each direction. Unlike the source
     * it has residual connections and layer norm, and one grid instead of merging patches from layer to layer. The paper has
     * no such network.
     *
     * @see Visin et al., "ReNet: A Recurrent Neural Network Based Alternative to Convolutional Networks", 2015,
     *   https://arxiv.org/abs/1505.00393
     */
    paper: {
      ...baseRecipe,
      architecture: { reads: 'grid', cell: 'gru', patchSize: 2, width: 320, depth: 3 },
      epochs: 100,
      batchSize: 64,
      augmentation: { shift: 4, flip: 'random', cutout: 8 },
      optimizer: {
        maxNorm: 1,
        groups: adamWGroups({ peak: 1.4e-3, weightDecay: 0.05, warmupFraction: 0.05 }),
      },
      testViews: 6,
    },
  },
});
