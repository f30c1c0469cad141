import type { Rng } from '@tenfold/random';
import type * as tf from '@tensorflow/tfjs-core';

/** The parameters of a layer: a tree of plain objects whose leaves are variables. Frozen ones are not `trainable`. */
export interface Params {
  [name: string]: tf.Variable | Params;
}

/** What a layer is told about the pass it takes part in. */
export interface Context {
  /** Whether this is a training step: batch statistics are used and updated, dropout is on. */
  training: boolean;
  /** The stream of this pass for layers that draw numbers. A training pass with dropout needs it. */
  rng?: Rng;
  /** Told of every product a layer makes, in floating-point operations (a multiply-add is 2). */
  countFlops?: (operation: string, flops: number) => void;
  /**
   * Told of the queries and keys of every attention, [batch, tokens, features] for all its heads: what its weights are
   * made of, softmax(Q·Kᵀ/√d) in each head, and whether a token attends to itself; else the scores on the diagonal are
   * −∞. They are the layer's, to be used before this returns.
   */
  onAttention?: (query: tf.Tensor, key: tf.Tensor, heads: number, toItself: boolean) => void;
}

/** A layer: how its parameters begin, and what it makes of a batch with them. It holds no state of its own. */
export interface Layer<P extends Params = Params> {
  init(rng: Rng): P;
  apply(params: P, x: tf.Tensor, context: Context): tf.Tensor;
}

/** What takes the place of a layer: a layer, or a plain function of a tensor such as `relu`. */
export type LayerLike = Layer | ((x: tf.Tensor) => tf.Tensor);

/** The layer itself, or one without parameters around a plain function. */
export function toLayer(layer: LayerLike): Layer {
  return typeof layer === 'function' ? { init: () => ({}), apply: (_, x) => layer(x) } : layer;
}
