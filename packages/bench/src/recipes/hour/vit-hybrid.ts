import { muonGroups } from '../muon-groups';
import type { Recipe } from '../recipe';

/**
 * The stem of the `cnn` with its optimizer (Muon at 0.12, whitening bias frozen after three epochs), then four blocks of
 * attention whose matrices follow a Muon of their own. No strong augmentation: it costs more than it brings in so few epochs.
 */
export const vitHybrid: Recipe = {
  model: 'vit-hybrid',
  architecture: { stemWidth: 64, width: 128, depth: 4, heads: 4, mlpWidth: 256 },
  epochs: 18,
  batchSize: 500,
  labelSmoothing: 0.1,
  augmentation: { shift: 2, flip: 'alternating', cutout: 0 },
  optimizer: {
    maxNorm: 1,
    groups: [
      {
        match: '^stem\\.conv\\d\\.kernel$',
        rule: 'muon',
        learningRate: { schedule: 'linear', from: 0.12, to: 0, warmupFraction: 0.1 },
        momentum: 0.6,
        newtonSchulzSteps: 3,
        normalizeWeights: true,
        weightDecay: 0,
      },
      {
        match: '^whiten\\.bias$',
        rule: 'adamW',
        learningRate: { schedule: 'linear', from: 2e-3, to: 0, warmupFraction: 0.1 },
        trainedEpochs: 3,
        beta1: 0.9,
        beta2: 0.98,
        weightDecay: 0,
      },
      ...muonGroups({ matrices: '^(tokens|block\\d+\\..*)\\.kernel$', muon: 0.04, adamW: 2e-3 }),
    ],
  },
  tuning:
    "Muon's learning rate in the blocks of 0.02 and 0.04, by the accuracy on 5,000 images after one epoch",
  testViews: 6,
};
