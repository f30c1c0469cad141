import { createRng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import type { Context, Layer, LayerLike, Params } from './layer';
import { toLayer } from './layer';

/** A layer together with its parameters. Whoever created it disposes it. */
export interface Model {
  readonly layer: Layer;
  readonly params: Params;
  /** All parameters in one flat map, 'block1.conv.kernel' → variable: running statistics and frozen ones too. */
  parameters(): { [name: string]: tf.Variable };
  /** Those of the parameters that training changes by gradients. */
  trainable(): { [name: string]: tf.Variable };
  /** The layer's output for a batch in the context given, with intermediate tensors disposed. */
  apply(x: tf.Tensor, context: Context): tf.Tensor;
  /** The layer's output for a batch as it is after training: running statistics, no dropout. */
  predict(x: tf.Tensor): tf.Tensor;
  dispose(): void;
}

/**
 * Gives a layer its parameters.
 *
 * @param seed of the first values: the same seed gives the same parameters; 0 by default
 * @example
 * const model = createModel(dense({ inFeatures: 2, outFeatures: 1 }), { seed: 1 });
 * model.predict(tf.zeros([4, 2])); // [4, 1]
 * model.dispose();
 */
export function createModel(layer: LayerLike, { seed = 0 }: { seed?: number } = {}): Model {
  const whole = toLayer(layer);
  const params = whole.init(createRng(seed).fork('parameters'));
  const flat = flattenParams(params);
  const apply = (x: tf.Tensor, context: Context) =>
    tf.tidy(() => {
      const y = whole.apply(params, x, context);
      return y === x ? tf.clone(x) : y; // the caller disposes the output, and still owns the input
    });
  return {
    layer: whole,
    params,
    parameters: () => ({ ...flat }),
    trainable: () => Object.fromEntries(Object.entries(flat).filter(([, variable]) => variable.trainable)),
    apply,
    predict: (x) => apply(x, { training: false }),
    dispose: () => tf.dispose(Object.values(flat)),
  };
}

/** The tree of parameters as one flat map; names are joined by '.'. */
export function flattenParams(params: Params): { [name: string]: tf.Variable } {
  const flat: { [name: string]: tf.Variable } = {};
  for (const [name, value] of Object.entries(params)) {
    if (value instanceof tf.Variable) flat[name] = value;
    else
      for (const [rest, variable] of Object.entries(flattenParams(value))) flat[`${name}.${rest}`] = variable;
  }
  return flat;
}
