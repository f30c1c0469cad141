import { assertOptions, count, index, required, show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type Initializer, normal } from '../initializers';
import { initializerKind } from '../initializers/initializer';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { readNow } from '../ops/read-now';

export interface EmbeddingOptions {
  /** Number of different ids, which are 0 … vocabularySize − 1. */
  vocabularySize: number;
  /** Size of the vector of an id. */
  features: number;
  /** The id of padding, if there is one: its vector starts at 0 and is not trained, as by `padding_idx` of PyTorch. */
  paddingIndex?: number;
  /** Initializer of the vectors; by default, normal with standard deviation 1, as in PyTorch. */
  initializer?: Initializer;
}

/**
 * Embedding: looks up the learned vector of each id, such as a token of a text.
 *
 * y[…] = E[id[…]]; the parameter `embedding` E has the shape [vocabularySize, features]; dE[i] = Σ dy over the places of i
 *
 * An id out of range is an error on backends whose memory can be read at once (cpu, simd, wasm); elsewhere its vector is NaN.
 *
 * @returns a layer from int32 ids [batch, …] of any rank to [batch, …, features]
 * @throws when an option is unknown or out of range, or the input is not an int32 tensor of such ids
 * @example
 * const words = createModel(embedding({ vocabularySize: 1000, features: 64, paddingIndex: 0 }));
 * words.predict(tf.tensor2d([[5, 9, 0]], [1, 3], 'int32')); // [1, 3, 64]
 * @see Bengio et al., "A Neural Probabilistic Language Model", 2003, https://www.jmlr.org/papers/v3/bengio03a.html, section 2
 */
export function embedding(options: EmbeddingOptions): Layer<{ embedding: tf.Variable }> {
  assertOptions('embedding', options, {
    vocabularySize: required(count),
    features: required(count),
    paddingIndex: index,
    initializer: initializerKind,
  });
  const { vocabularySize, features, paddingIndex, initializer = normal({ standardDeviation: 1 }) } = options;
  if (paddingIndex !== undefined && paddingIndex >= vocabularySize) {
    throw new Error(
      `embedding: paddingIndex is ${paddingIndex}; give an id from 0 to ${vocabularySize - 1}, because vocabularySize is ${vocabularySize}`,
    );
  }
  const start: Initializer = (shape, rng) => {
    const values = initializer(shape, rng);
    return paddingIndex === undefined
      ? values
      : values.fill(0, paddingIndex * features, (paddingIndex + 1) * features);
  };
  return defineLayer('embedding', {
    init: (rng) => ({ embedding: parameter([vocabularySize, features], start, rng) }),
    apply({ embedding }, input) {
      const ids = assertIds(input, vocabularySize);
      const flat = tf.reshape(ids, [ids.size]);
      const inRange = tf.logicalAnd(tf.greaterEqual(flat, 0), tf.less(flat, vocabularySize));
      const rows = tf.gather(embedding, tf.where(inRange, flat, tf.zerosLike(flat)));
      const everywhere = (condition: tf.Tensor) =>
        tf.broadcastTo(tf.expandDims(condition, 1), [ids.size, features]);
      const known = tf.where(everywhere(inRange), rows, tf.fill([ids.size, features], Number.NaN));
      const y =
        paddingIndex === undefined
          ? known
          : tf.where(everywhere(tf.equal(flat, paddingIndex)), withoutGradient(rows), known);
      return tf.reshape(y, [...ids.shape, features]);
    },
  });
}

function assertIds(input: unknown, vocabularySize: number): tf.Tensor {
  if (!(input instanceof tf.Tensor) || input.isDisposed) {
    throw new Error(
      `embedding: the input is ${input === undefined ? 'missing' : show(input)}; give an int32 tensor of ids`,
    );
  }
  if (input.dtype !== 'int32') {
    throw new Error(
      `embedding: the input is a tensor of dtype ${input.dtype}; give ids as int32, such as tf.tensor2d([[5, 9]], [1, 2], 'int32')`,
    );
  }
  if (input.rank === 0) throw new Error('embedding: the input is a scalar; give a batch of ids [batch, …]');
  const wrong = Array.from(readNow(input) ?? []).find((id) => id < 0 || id >= vocabularySize);
  if (wrong !== undefined) {
    throw new Error(
      `embedding: the input has the id ${wrong}; give ids from 0 to ${vocabularySize - 1}, because vocabularySize is ${vocabularySize}`,
    );
  }
  return input;
}

const withoutGradient = (x: tf.Tensor): tf.Tensor =>
  tf.customGrad((x) => ({ value: tf.clone(x as tf.Tensor), gradFunc: (dy) => tf.zerosLike(dy) }))(x);
