import { show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { defineLayer } from '../model/define-layer';
import {
  type AnyLayer,
  assertLayer,
  type Layer,
  type LayerLike,
  type ParamsOf,
  toLayer,
} from '../model/layer';
import { inputTensor } from '../ops/input-tensor';

/**
 * Applies a layer to each step of a sequence, with the same parameters: the steps join the batch.
 *
 * y[n, t] = f(x[n, t])
 *
 * A layer with batch statistics takes those of all steps together. `dense` and other layers of the last axis need no wrapper.
 *
 * @param layer a layer from [batch, …] to [batch, …], such as a convolution of images
 * @returns a layer from [batch, time, …] to [batch, time, …] with the parameters of the layer
 * @throws when the argument is not a layer, the input has no time, or the output is not a batch of the same size
 * @example
 * timeDistributed(conv2d({ inChannels: 3, outChannels: 8, kernelSize: 3 })); // [n, 16, 32, 32, 3] -> [n, 16, 32, 32, 8]
 * @see https://keras.io/api/layers/recurrent_layers/time_distributed/
 */
export function timeDistributed<const L extends LayerLike & AnyLayer>(layer: L): Layer<ParamsOf<L>> {
  assertLayer('timeDistributed', 'layer', layer);
  const inner = toLayer(layer as LayerLike);
  return defineLayer('timeDistributed', {
    init: (rng) => inner.init(rng) as ParamsOf<L>,
    apply(params, input, context) {
      const x = inputTensor('timeDistributed', input);
      if (x.rank < 3) {
        throw new Error(
          `timeDistributed: the input has shape [${x.shape}]; give sequences [batch, time, …] of at least one further axis`,
        );
      }
      const [batch, time, ...rest] = x.shape as [number, number, ...number[]];
      const y: unknown = inner.apply(params, tf.reshape(x, [batch * time, ...rest]), context);
      if (!(y instanceof tf.Tensor) || y.rank === 0 || y.shape[0] !== batch * time) {
        throw new Error(
          `timeDistributed: the layer returned ${y instanceof tf.Tensor ? `a tensor of shape [${y.shape}]` : show(y)} for a batch of ${batch * time}; give a layer that returns a batch of the same size`,
        );
      }
      return tf.reshape(y, [batch, time, ...y.shape.slice(1)]);
    },
  });
}
