import { adamWGroups } from '../adam-w-groups';
import type { Recipe } from '../recipe';

export const vit: Recipe = {
  model: 'vit',
  architecture: { patchSize: 4, width: 64, depth: 4, heads: 4, mlpWidth: 128 },
  epochs: 3,
  batchSize: 250,
  labelSmoothing: 0.1,
  augmentation: { shift: 2, flip: 'random', cutout: 0 },
  optimizer: {
    maxNorm: 1,
    groups: adamWGroups({ peak: 2e-3, weightDecay: 0.05, warmupFraction: 0.1 }),
  },
  testViews: 1,
};
