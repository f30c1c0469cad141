import { assertOptions, count, finite, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { assertLastAxis, inputTensor } from '../ops/input-tensor';

export interface LayerScaleOptions {
  /** Size of the last axis; each channel has its own factor. */
  channels: number;
  /** The factors at the start, a finite number; 1e-5 by default, as in timm, for a residual block that starts near the identity. */
  initialScale?: number;
}

/**
 * Layer scale: multiplies each channel by a learned factor that starts small. It ends the branch of a residual block of a deep network.
 *
 * y = γ·x; the parameter `gamma` γ has the shape [channels]
 *
 * @returns a layer that keeps the shape [batch, …, channels]
 * @throws when an option is unknown or out of range, or the input's last axis is not channels
 * @example
 * residual(sequential([layerNorm({ features: 8 }), dense({ inFeatures: 8, outFeatures: 8 }), layerScale({ channels: 8 })]));
 * @see Touvron et al., "Going deeper with Image Transformers", 2021, https://arxiv.org/abs/2103.17239, section 2
 */
export function layerScale(options: LayerScaleOptions): Layer<{ gamma: tf.Variable }> {
  assertOptions('layerScale', options, { channels: required(count), initialScale: finite });
  const { channels, initialScale = 1e-5 } = options;
  const start = () => new Float32Array(channels).fill(initialScale);
  return defineLayer('layerScale', {
    init: (rng) => ({ gamma: parameter([channels], start, rng) }),
    apply({ gamma }, input) {
      const x = inputTensor('layerScale', input);
      assertLastAxis('layerScale', x, 'channels', channels);
      return tf.mul(x, gamma);
    },
  });
}
