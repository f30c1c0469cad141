import { adamWGroups } from '../adam-w-groups';
import type { Recipe } from '../recipe';

/**
 * The recipe of CCT-7/3×2, a transformer on convolutions with 93.83 % of the test images after 200 epochs and 1.7e16
 * operations, on a stem of three convolutions that begins with whitening filters; seven blocks of its sizes, on 49 tokens.
 * Its dropout within the blocks is left out.
 *
 * @see Hassani et al., "Escaping the Big Data Paradigm with Compact Transformers", 2021, https://arxiv.org/abs/2104.05704;
 *   https://github.com/SHI-Labs/Compact-Transformers
 */
export const vitHybrid: Recipe = {
  model: 'vit-hybrid',
  architecture: { stemWidth: 64, width: 256, depth: 7, heads: 4, mlpWidth: 512, dropPathRate: 0.1 },
  epochs: 200,
  batchSize: 128,
  labelSmoothing: 0.1,
  augmentation: { shift: 4, flip: 'random', cutout: 0, policy: 'autoAugment' },
  optimizer: {
    maxNorm: null,
    groups: adamWGroups({ peak: 5e-4, end: 1e-5, weightDecay: 0.03, warmupFraction: 0.025, beta2: 0.999 }),
  },
  testViews: 6,
};
