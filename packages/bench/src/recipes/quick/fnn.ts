import { adamWGroups } from '../adam-w-groups';
import type { Recipe } from '../recipe';

export const fnn: Recipe = {
  model: 'fnn',
  architecture: { sizes: [3072, 1024, 512, 256], dropoutRate: 0.1 },
  epochs: 5,
  batchSize: 250,
  labelSmoothing: 0.1,
  augmentation: { shift: 2, flip: 'random', cutout: 0 },
  optimizer: {
    maxNorm: null,
    groups: adamWGroups({ peak: 1e-3, weightDecay: 0.05, warmupFraction: 0.1 }),
  },
  testViews: 1,
};
