import { adamWGroups } from '../adam-w-groups';
import type { Recipe } from '../recipe';

/** GRUs that sweep over patches of 4×4 pixels along rows and columns, from both ends: a small ReNet (Visin, 2015). */
export const rnn: Recipe = {
  model: 'rnn',
  architecture: { reads: 'grid', cell: 'gru', patchSize: 4, width: 192, depth: 2 },
  epochs: 16,
  batchSize: 250,
  labelSmoothing: 0.1,
  augmentation: { shift: 2, flip: 'alternating', cutout: 0 },
  optimizer: {
    maxNorm: 1,
    groups: adamWGroups({ peak: 6e-3, weightDecay: 0.05, warmupFraction: 0.1 }),
  },
  tuning: 'the learning rate of 3e-3, 6e-3 and 1.2e-2, by the accuracy on 5,000 images after one epoch',
  testViews: 6,
};
