import * as tf from '@tensorflow/tfjs-core';
import { block } from '../model/block';
import { defineLayer } from '../model/define-layer';
import { type AnyLayer, assertLayer, type Layer, type LayerLike, type ParamsOf } from '../model/layer';
import { readSequences, reverseSteps, type SequenceInput } from '../ops/sequence';

/**
 * Two recurrent layers over the second axis, one in each direction, so that every step depends on all others.
 *
 * y_t = [→h_t, ←h_t], with →h the states of one layer over x₁ … x_T and ←h those of the other over x_T … x₁
 *
 * @param forward a layer from [batch, time, features] to [batch, time, units], such as `lstm({ …, output: 'all' })`
 * @param backward a layer of the same form for the reversed sequence
 * @returns a layer from [batch, time, features], or { x, lengths }, to [batch, time, units of both]; its parameters are named `forward.…` and
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
): Layer<{ forward: ParamsOf<F>; backward: ParamsOf<B> }, tf.Tensor | SequenceInput> {
  assertLayer('bidirectional', 'forward', forward);
  assertLayer('bidirectional', 'backward', backward);
  if ((forward as unknown) === backward && typeof forward !== 'function') {
    throw new Error(
      'bidirectional: forward and backward are the same layer; make a separate layer for each direction',
    );
  }
  const readers = { forward: forward as Reader, backward: backward as Reader };
  const both = block(readers, (l, input: tf.Tensor | SequenceInput): tf.Tensor => {
    const { x, lengths, state } = readSequences('bidirectional', input, undefined, {});
    if (state) {
      throw new Error('bidirectional: it takes no initial state; give { x, lengths } or a tensor');
    }
    const given = (x: tf.Tensor) => (lengths ? { x, lengths } : x);
    const outputs = [l.forward(given(x)), l.backward(given(reverseSteps(x, lengths)))] as const;
    for (const { shape } of outputs) {
      if (shape.length === 3 && shape[1] === x.shape[1]) continue;
      throw new Error(
        `bidirectional: a layer's output has shape [${shape}]; give layers with the output [batch, time, units], by output: 'all'`,
      );
    }
    return tf.concat([outputs[0], reverseSteps(outputs[1], lengths)], 2);
  });
  return defineLayer('bidirectional', both) as Layer<object> as Layer<
    { forward: ParamsOf<F>; backward: ParamsOf<B> },
    tf.Tensor | SequenceInput
  >;
}

type Reader = Layer<object, tf.Tensor | SequenceInput>;
