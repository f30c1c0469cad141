import * as tf from '@tensorflow/tfjs-core';
import type { Layer, LayerLike } from './layer';
import { toLayer } from './layer';

/**
 * One layer after another.
 *
 * y = fₙ(… f₂(f₁(x)))
 *
 * @param layers layers and plain functions of a tensor such as `relu`, in order: an array, whose parameters are named
 *   '0', '1', …, or an object, whose parameters have its keys' names
 * @example
 * sequential([dense({ inFeatures: 2, outFeatures: 8 }), relu, dense({ inFeatures: 8, outFeatures: 1 })]);
 * sequential({ hidden: dense({ inFeatures: 2, outFeatures: 8 }), relu, head: dense({ inFeatures: 8, outFeatures: 1 }) });
 */
export function sequential(layers: LayerLike[] | { [name: string]: LayerLike }): Layer {
  const named = Object.entries(layers).map(([name, layer]) => [name, toLayer(layer)] as const);
  return {
    init: (rng) => Object.fromEntries(named.map(([name, layer]) => [name, layer.init(rng.fork(name))])),
    apply(params, x, context) {
      // Nested, so that what a layer made is disposed as soon as the next layer is done with it.
      const through = (count: number): tf.Tensor => {
        if (count === 0) return x;
        const [name, layer] = named[count - 1]!;
        return tf.tidy(() => layer.apply(child(params, name), through(count - 1), context));
      };
      return through(named.length);
    },
  };
}

/** The parameters of a part of a layer. */
export function child(params: Parameters<Layer['apply']>[0], name: string): Parameters<Layer['apply']>[0] {
  return params[name] as Parameters<Layer['apply']>[0];
}
