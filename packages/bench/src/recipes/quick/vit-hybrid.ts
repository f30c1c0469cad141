import { adamWGroups } from '../adam-w-groups';
import type { Recipe } from '../recipe';

export const vitHybrid: Recipe = {
  model: 'vit-hybrid',
  architecture: { stemWidth: 32, width: 64, depth: 2, heads: 4, mlpWidth: 128 },
  epochs: 2,
  batchSize: 250,
  labelSmoothing: 0.1,
  augmentation: { shift: 2, flip: 'random', cutout: 0 },
  optimizer: {
    maxNorm: 1,
    groups: adamWGroups({ peak: 2e-3, weightDecay: 0.05, warmupFraction: 0.1 }),
  },
  testViews: 1,
};
