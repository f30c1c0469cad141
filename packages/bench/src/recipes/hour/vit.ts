import { muonGroups } from '../muon-groups';
import type { Recipe } from '../recipe';

/**
 * A plain transformer on patches of 4×4 pixels, each with what lies around it (Lee, 2021): Muon for its matrices, small
 * batches for many steps. No published plain transformer reaches 90 % of the test images with less than some fifty times
 * this training.
 */
export const vit: Recipe = {
  model: 'vit',
  architecture: { patchSize: 4, width: 128, depth: 6, heads: 4, mlpWidth: 256, tokens: 'shifted' },
  epochs: 12,
  batchSize: 250,
  labelSmoothing: 0.1,
  augmentation: { shift: 2, flip: 'alternating', cutout: 0 },
  optimizer: {
    maxNorm: 1,
    groups: muonGroups({ matrices: '^block\\d+\\..*\\.kernel$', muon: 0.04, adamW: 2e-3 }),
  },
  tuning: "Muon's learning rate of 0.02, 0.04 and 0.08, by the accuracy on 5,000 images after one epoch",
  testViews: 6,
};
