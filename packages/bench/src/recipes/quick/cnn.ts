import { airbenchGroups } from '../airbench-groups';
import type { Recipe } from '../recipe';

/** The recipe of airbench94_muon (Keller Jordan, 2024) at batch 250: learning rates of the summed loss scale with it. */
export const cnn: Recipe = {
  model: 'cnn',
  architecture: { widths: [32, 64, 64] },
  epochs: 2,
  batchSize: 250,
  labelSmoothing: 0.2,
  augmentation: { shift: 2, flip: 'alternating', cutout: 0 },
  optimizer: {
    maxNorm: null,
    groups: airbenchGroups({ batchSize: 250, filters: 0.085, head: 0.32, biases: 20 }),
  },
  testViews: 1,
};
