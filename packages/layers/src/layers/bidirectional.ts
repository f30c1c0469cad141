import * as tf from '@tensorflow/tfjs-core';
import { block } from '../model/block';
import { defineLayer } from '../model/define-layer';
import { type AnyLayer, assertLayer, type Layer, type LayerLike, type ParamsOf } from '../model/layer';
import { inputTensor } from '../ops/input-tensor';

/**
 * Two recurrent layers over the second axis, one in each direction, so that every step depends on all others.
 *
 * y_t = [→h_t, ←h_t], with →h the states of one layer over x₁ … x_T and ←h those of the other over x_T … x₁
 *
 * @param forward a layer from [batch, time, features] to [batch, time, units], such as `lstm({ …, output: 'all' })`
 * @param backward a layer of the same form for the reversed sequence
 * @returns a layer from [batch, time, features] to [batch, time, units of both]; its parameters are named `forward.…` and
 *   `backward.…`
 * @throws when an argument is not a layer, both are the same one, or its output is not such a sequence
 * @example
 * const cell = () => gru({ inFeatures: 96, units: 64, output: 'all' });
 * sequential([bidirectional(cell(), cell()), dense({ inFeatures: 128, outFeatures: 10 })]);
 * @see Schuster, Paliwal, "Bidirectional Recurrent Neural Networks", 1997
 */
export function bidirectional<const F extends LayerLike & AnyLayer, const B extends LayerLike & AnyLayer>(
  forward: F,
  backward: B,
): Layer<{ forward: ParamsOf<F>; backward: ParamsOf<B> }> {
  assertLayer('bidirectional', 'forward', forward);
  assertLayer('bidirectional', 'backward', backward);
  if ((forward as unknown) === backward && typeof forward !== 'function') {
    throw new Error(
      'bidirectional: forward and backward are the same layer; make a separate layer for each direction',
    );
  }
  const both = block({ forward: forward as LayerLike, backward: backward as LayerLike }, (l, input) => {
    const x = inputTensor('bidirectional', input);
    if (x.rank !== 3) {
      throw new Error(
        `bidirectional: the input has shape [${x.shape}]; give sequences [batch, time, features]`,
      );
    }
    const outputs = [l.forward(x), l.backward(tf.reverse(x, 1))] as const;
    for (const { shape } of outputs) {
      if (shape.length === 3 && shape[1] === x.shape[1]) continue;
      throw new Error(
        `bidirectional: a layer's output has shape [${shape}]; give layers with the output [batch, time, units], by output: 'all'`,
      );
    }
    return tf.concat([outputs[0], tf.reverse(outputs[1], 1)], 2);
  });
  return defineLayer('bidirectional', both) as Layer<object> as Layer<{
    forward: ParamsOf<F>;
    backward: ParamsOf<B>;
  }>;
}
