import { adamWGroups } from '../adam-w-groups';
import type { Recipe } from '../recipe';

/**
 * Dense layers alone, wide and for long. The 88.3 % of the paper have no published support: the best accuracy of such a
 * network, trained from scratch on these images alone, is 85.2 % (Neyshabur, 2020: it begins as an unrolled convolution and
 * is regularized until it is local); trained plainly, with mixup, shifts and flips as here, about 70 % after 1,000 epochs
 * and up to 75 % after 5,000 (Bachmann, 2023, of networks of residual blocks, which reach 88.5 % after pre-training on
 * ImageNet-21k). So expect 70 to 75 %.
 *
 * @see Bachmann, Anagnostidis, Hofmann, "Scaling MLPs: A Tale of Inductive Bias", 2023, https://arxiv.org/abs/2306.13575;
 *   Neyshabur, "Towards Learning Convolutions from Scratch", 2020, https://arxiv.org/abs/2007.13657
 */
export const fnn: Recipe = {
  model: 'fnn',
  architecture: { sizes: [3072, 4096, 4096, 2048], dropoutRate: 0.1 },
  epochs: 1000,
  batchSize: 500,
  labelSmoothing: 0.3,
  augmentation: { shift: 4, flip: 'random', cutout: 0, mixup: 0.8 },
  optimizer: {
    maxNorm: 1,
    groups: adamWGroups({ peak: 1e-3, weightDecay: 0.1, warmupFraction: 0.02 }),
  },
  testViews: 6,
};
