import { prelu as activation } from '@tenfold/activations';
import { assertOptions, count, finite } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { assertLastAxis, inputTensor } from '../ops/input-tensor';

export interface PreluLayerOptions {
  /** Size of the last axis, for a slope per channel; 1, the default, is one slope for all entries, whatever the last axis. */
  channels?: number;
  /** Slope for negative x at the start, a finite number; 0.25 by default. */
  initialSlope?: number;
}

/** The parameters of {@link prelu}. */
export interface PreluParams {
  /** Slope for negative x, [channels]. */
  slope: tf.Variable;
}

/**
 * Parametric rectified linear unit as a layer: a leaky ReLU that learns its slope, one for all entries or one per channel.
 *
 * f(x) = x where x > 0, a·x elsewhere, with a learned a; da = Σ dy·min(x, 0) over the entries that share it
 *
 * Weight decay pulls the slope toward 0, that is toward ReLU; exclude it, as the paper does.
 *
 * @returns a layer that keeps the shape; the parameter `slope` has the shape [channels]
 * @throws when an option is unknown or out of range, or channels is above 1 and not the size of the input's last axis
 * @example
 * sequential([dense({ inFeatures: 8, outFeatures: 16 }), prelu({ channels: 16 }), dense({ inFeatures: 16, outFeatures: 1 })]);
 * @see He et al., "Delving Deep into Rectifiers", 2015, https://arxiv.org/abs/1502.01852, section 2.1
 */
export function prelu(options: PreluLayerOptions = {}): Layer<PreluParams> {
  assertOptions('prelu', options, { channels: count, initialSlope: finite });
  const { channels = 1, initialSlope = 0.25 } = options;
  const start = (shape: number[]) => new Float32Array(tf.util.sizeFromShape(shape)).fill(initialSlope);
  return defineLayer('prelu', {
    init: (rng) => ({ slope: parameter([channels], start, rng) }),
    apply({ slope }, input) {
      const x = inputTensor('prelu', input);
      if (channels > 1) assertLastAxis('prelu', x, 'channels', channels);
      // A scalar has no axis along which a slope of shape [1] could broadcast.
      return activation(x, { slope: channels > 1 ? slope : tf.reshape(slope, []) });
    },
  });
}
