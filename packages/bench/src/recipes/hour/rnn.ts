import { adamWGroups } from '../adam-w-groups';
import type { Recipe } from '../recipe';

/** An LSTM over the 32 rows of an image, at full width. */
export const rnn: Recipe = {
  model: 'rnn',
  architecture: { cell: 'lstm', units: 256 },
  epochs: 45,
  batchSize: 250,
  labelSmoothing: 0.1,
  augmentation: { shift: 2, flip: 'alternating', cutout: 0 },
  optimizer: {
    maxNorm: 1,
    groups: adamWGroups({ peak: 2e-3, weightDecay: 0.05, warmupFraction: 0.1 }),
  },
  testViews: 6,
};
