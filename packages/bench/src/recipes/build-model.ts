import { airbench, mlp, reNet, rowRnn, vit, vitHybrid } from '@tenfold/architectures';
import { createModel, type Layer, type Model } from '@tenfold/layers';
import type { ModelName } from './model-names';

/** What a network may need from the training data: the whitening filters [2, 2, 3, 24] of the convolutional stems. */
export type Whitening = Float32Array;

// The options are data from a recipe; each architecture checks its own.
const builders: Record<ModelName, (options: object, whitening: Whitening | undefined) => Layer> = {
  cnn: (options, whitening) => airbench({ ...options, whitening }),
  fnn: ({ sizes: [inFeatures, ...widths] = [], ...options }: { sizes?: number[] }) =>
    mlp({ ...options, ...(inFeatures && { inFeatures, widths }) }),
  rnn: ({ reads, units, ...options }: { reads?: 'rows' | 'grid'; units?: number }) =>
    reads === 'grid' ? reNet(options) : rowRnn({ ...options, width: units }),
  vit: (options) => vit(options),
  'vit-hybrid': (options, whitening) => vitHybrid({ ...options, whitening }),
};

/** Builds the network of that name with its parameters. */
export function buildModel(name: ModelName, options: object, seed: number, whitening?: Whitening): Model {
  return createModel(builders[name](options, whitening), { seed });
}

/** Whether the network of that name begins with whitening filters. */
export const needsWhitening = (name: ModelName): boolean => name === 'cnn' || name === 'vit-hybrid';
