import { batchNorm, dense, dropout, flatten, type Layer, sequential } from '@tenfold/layers';

export interface FnnOptions {
  /** Numbers in an example, then units of each hidden layer; [3072, 2048, 2048, 1024] by default. */
  sizes?: number[];
  /** 10 by default. */
  classes?: number;
  /** Probability that a hidden unit is dropped in training; 0.1 by default. */
  dropoutRate?: number;
}

/**
 * A fully connected network: examples [batch, …] of sizes[0] numbers to logits [batch, classes].
 *
 * layer1…: dense, batch norm, GELU, dropout
 * head:    dense
 *
 * By default 12.6 million parameters and as many multiply-adds an image.
 *
 * @throws when a size is not a positive integer, or fewer than two are given
 * @example
 * createModel(fnn({ sizes: [784, 256], dropoutRate: 0 })).predict(tf.zeros([1, 28, 28])); // [1, 10]
 * @see Ioffe, Szegedy, "Batch Normalization", 2015, https://arxiv.org/abs/1502.03167;
 *   Hendrycks, Gimpel, "Gaussian Error Linear Units", 2016, https://arxiv.org/abs/1606.08415, section 3
 */
export function fnn({
  sizes = [3072, 2048, 2048, 1024],
  classes = 10,
  dropoutRate = 0.1,
}: FnnOptions = {}): Layer {
  if (sizes.length < 2) {
    throw new Error(
      `fnn: sizes are [${sizes}]; give the size of an example and of at least one hidden layer`,
    );
  }
  const hidden = sizes
    .slice(1)
    .map((units, i) => [`layer${i + 1}`, hiddenLayer(sizes[i]!, units, dropoutRate)]);
  return sequential({
    flatten,
    ...Object.fromEntries(hidden),
    head: dense({ inFeatures: sizes.at(-1)!, outFeatures: classes }),
  });
}

const hiddenLayer = (inFeatures: number, units: number, rate: number): Layer =>
  sequential({
    dense: dense({ inFeatures, outFeatures: units }),
    norm: batchNorm({ channels: units, activation: 'gelu' }),
    dropout: dropout({ rate }),
  });
