import { airbenchGroups } from '../airbench-groups';
import type { Recipe } from '../recipe';

/**
 * The recipe of airbench94_muon (Keller Jordan, 2024) at its full width and batch 500: 92.5 % and more of the test images
 * with six views.
 */
export const cnn: Recipe = {
  model: 'cnn',
  architecture: { widths: [64, 128, 128] },
  epochs: 9,
  batchSize: 500,
  labelSmoothing: 0.2,
  augmentation: { shift: 2, flip: 'alternating', cutout: 0 },
  optimizer: {
    maxNorm: null,
    groups: airbenchGroups({ batchSize: 500, filters: 0.12, head: 0.64, biases: 41, whitenEpochs: 3 }),
  },
  testViews: 6,
};
