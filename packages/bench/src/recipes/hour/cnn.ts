import { airbenchGroups } from '../airbench-groups';
import type { Recipe } from '../recipe';

/**
 * The network and recipe of airbench94_muon (Keller Jordan, 2024) at batch 500, 2.7e14 operations: 94 % of the test images
 * with six views. Half as wide, with widths 64/128/128, 9 epochs give 93 %.
 */
export const cnn: Recipe = {
  model: 'cnn',
  architecture: { widths: [64, 256, 256] },
  epochs: 8,
  batchSize: 500,
  labelSmoothing: 0.2,
  augmentation: { shift: 2, flip: 'alternating', cutout: 0 },
  optimizer: {
    maxNorm: null,
    groups: airbenchGroups({ batchSize: 500, filters: 0.12, head: 0.64, biases: 41, whitenEpochs: 3 }),
  },
  testViews: 6,
};
