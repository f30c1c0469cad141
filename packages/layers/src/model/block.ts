import * as tf from '@tensorflow/tfjs-core';
import type { Context, Layer, LayerLike, Params } from './layer';
import { toLayer } from './layer';
import { child } from './sequential';

/**
 * Named layers, and a function that says how a batch goes through them: residual connections, branches, shared layers.
 *
 * @param layers the parts; their parameters have the keys' names
 * @param forward makes the output from the parts (each a function of a tensor), the input and the context
 * @example
 * const residual = block({ conv: conv2d({ inChannels: 8, outChannels: 8, kernelSize: 3 }), norm: batchNorm({ channels: 8 }) },
 *   (l, x) => tf.add(x, l.norm(l.conv(x))));
 */
export function block<L extends { [name: string]: LayerLike }>(
  layers: L,
  forward: (
    parts: { [name in keyof L]: (x: tf.Tensor) => tf.Tensor },
    x: tf.Tensor,
    context: Context,
  ) => tf.Tensor,
): Layer {
  const named = Object.entries(layers).map(([name, layer]) => [name, toLayer(layer)] as const);
  return {
    init: (rng): Params =>
      Object.fromEntries(named.map(([name, layer]) => [name, layer.init(rng.fork(name))])),
    apply(params, x, context) {
      const bound = named.map(([name, layer]) => [
        name,
        (value: tf.Tensor) => tf.tidy(() => layer.apply(child(params, name), value, context)),
      ]);
      return forward(Object.fromEntries(bound), x, context);
    },
  };
}
