import { adamWGroups } from '../adam-w-groups';
import type { Recipe } from '../recipe';

/**
 * A ReNet: 87.65 % of the test images in its publication, the most of a network whose only means of looking around are
 * recurrent cells over patches. Three times along rows and columns, on 256 patches of 2×2 pixels, with 160 units in each
 * direction. It has residual connections and layer norm where the source has neither, and one grid where that merges
 * patches from layer to layer. The paper has no such network.
 *
 * @see Visin et al., "ReNet: A Recurrent Neural Network Based Alternative to Convolutional Networks", 2015,
 *   https://arxiv.org/abs/1505.00393
 */
export const rnn: Recipe = {
  model: 'rnn',
  architecture: { reads: 'grid', cell: 'gru', patchSize: 2, width: 320, depth: 3 },
  epochs: 100,
  batchSize: 64,
  labelSmoothing: 0.1,
  augmentation: { shift: 4, flip: 'random', cutout: 8 },
  optimizer: {
    maxNorm: 1,
    groups: adamWGroups({ peak: 1.4e-3, weightDecay: 0.05, warmupFraction: 0.05 }),
  },
  testViews: 6,
};
