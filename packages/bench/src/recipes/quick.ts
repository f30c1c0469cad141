import type { ModelName } from '../run/types';
import type { GroupRecipe, Recipe } from './recipe';

const shiftAndFlip = { shift: 2, flip: 'random', cutout: 0 } as const;

/** AdamW for every parameter: decay for kernels, none for biases, norms and positions. */
const adamWGroups = (peak: number, weightDecay: number, warmupFraction: number): GroupRecipe[] => {
  const rule = {
    rule: 'adamW',
    beta1: 0.9,
    beta2: 0.98,
    learningRate: { schedule: 'cosine', peak, warmupFraction },
  } as const;
  return [
    { match: 'kernel$', ...rule, weightDecay },
    { match: '', ...rule, weightDecay: 0 },
  ];
};

/** Minutes on two cores without a GPU: narrower networks, a few epochs. */
export const quick: Record<ModelName, Recipe> = {
  // The recipe of airbench94_muon (Keller Jordan, 2024) at batch 250: learning rates of the summed loss scale with it.
  cnn: {
    model: 'cnn',
    architecture: { widths: [32, 64, 64] },
    narrowed: 'widths 32/64/64 instead of 64/128/128',
    epochs: 2,
    batchSize: 250,
    labelSmoothing: 0.2,
    augmentation: { shift: 2, flip: 'alternating', cutout: 0 },
    optimizer: {
      maxNorm: null,
      groups: [
        {
          match: 'conv[12]\\.kernel$',
          rule: 'muon',
          learningRate: { schedule: 'linear', from: 0.085, to: 0 },
          momentum: 0.6,
          newtonSchulzSteps: 3,
          normalizeWeights: true,
          weightDecay: 0,
        },
        {
          match: 'head\\.kernel$',
          rule: 'sgd',
          learningRate: { schedule: 'linear', from: 0.32, to: 0 },
          momentum: 0.85,
          nesterov: true,
          weightDecay: 1.5e-3,
        },
        {
          match: '(bias|beta)$',
          rule: 'sgd',
          learningRate: { schedule: 'linear', from: 20, to: 0 },
          momentum: 0.85,
          nesterov: true,
          weightDecay: 2.5e-5,
        },
      ],
    },
  },
  fnn: {
    model: 'fnn',
    architecture: { sizes: [3072, 1024, 512, 256], dropoutRate: 0.1 },
    narrowed: 'hidden layers of 1024, 512, 256 instead of 2048, 2048, 1024',
    epochs: 5,
    batchSize: 250,
    labelSmoothing: 0.1,
    augmentation: shiftAndFlip,
    optimizer: { maxNorm: null, groups: adamWGroups(1e-3, 0.05, 0.1) },
  },
  rnn: {
    model: 'rnn',
    architecture: { cell: 'lstm', units: 128 },
    narrowed: '128 units instead of 256',
    epochs: 4,
    batchSize: 250,
    labelSmoothing: 0.1,
    augmentation: shiftAndFlip,
    optimizer: { maxNorm: 1, groups: adamWGroups(3e-3, 0.05, 0.1) },
  },
  vit: {
    model: 'vit',
    architecture: { patchSize: 4, width: 64, depth: 4, heads: 4, mlpWidth: 128 },
    narrowed: 'width 64, depth 4 instead of width 128, depth 6',
    epochs: 3,
    batchSize: 250,
    labelSmoothing: 0.1,
    augmentation: shiftAndFlip,
    optimizer: { maxNorm: 1, groups: adamWGroups(2e-3, 0.05, 0.1) },
  },
  'vit-hybrid': {
    model: 'vit-hybrid',
    architecture: { widths: [32, 64], width: 64, depth: 2, heads: 4, mlpWidth: 128 },
    narrowed: 'stem widths 32/64, width 64, depth 2 instead of 64/128, 128, 4',
    epochs: 2,
    batchSize: 250,
    labelSmoothing: 0.1,
    augmentation: shiftAndFlip,
    optimizer: { maxNorm: 1, groups: adamWGroups(2e-3, 0.05, 0.1) },
  },
};
