import { adamWGroups } from '../adam-w-groups';
import type { Recipe } from '../recipe';

export const rnn: Recipe = {
  model: 'rnn',
  architecture: { cell: 'lstm', units: 128 },
  epochs: 4,
  batchSize: 250,
  labelSmoothing: 0.1,
  augmentation: { shift: 2, flip: 'random', cutout: 0 },
  optimizer: {
    maxNorm: 1,
    groups: adamWGroups({ peak: 3e-3, weightDecay: 0.05, warmupFraction: 0.1 }),
  },
  testViews: 1,
};
