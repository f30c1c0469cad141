// Gradients of layers whose kernels backend-webgpu has, at shapes beyond those of the packages' golden files.
import '@tensorflow/tfjs-backend-cpu';
import '@tenfold/gradients';
import { gelu, silu } from '@tenfold/activations';
import { registerWebgpu } from '@tenfold/backend-webgpu';
import * as layers from '@tenfold/layers';
import { createRng } from '@tenfold/random';
import { checkGradient, webgpuStarts } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';

// A software adapter compiles shaders slowly, the more so beside other tests.
const PATIENCE = 300_000;
const available = await webgpuStarts(() => registerWebgpu({ allowSoftware: true }));

describe.runIf(available)('gradients on webgpu are those that finite differences find', () => {
  const samples: Record<string, [layers.LayerLike, number[]]> = {
    'batch norm with gelu': [layers.batchNorm({ channels: 3, activation: gelu }), [4, 2, 2, 3]],
    'batch norm with silu': [layers.batchNorm({ channels: 4, activation: silu }), [6, 4]],
    convolution: [layers.conv2d({ inChannels: 4, outChannels: 4, kernelSize: 3 }), [2, 4, 4, 4]],
    'strided convolution': [
      layers.conv2d({ inChannels: 2, outChannels: 3, kernelSize: 3, strides: 2 }),
      [1, 5, 4, 2],
    ],
    lstm: [layers.lstm({ inFeatures: 3, units: 4, output: 'all' }), [2, 3, 3]],
    gru: [layers.gru({ inFeatures: 3, units: 4, output: 'all' }), [2, 3, 3]],
    dropout: [layers.dropout({ rate: 0.5 }), [5, 7]],
  };

  it.each(Object.entries(samples))(
    '%s',
    async (_, [layer, shape]) => {
      const model = layers.createModel(layer, { seed: 3 });
      const x = tf.tensor(createRng(2).fillNormal(new Float32Array(tf.util.sizeFromShape(shape))), shape);
      // A new stream from the same seed for every call: the same mask.
      const f = (v: tf.Tensor) => model.apply(v, { training: true, rng: createRng(5) });
      await checkGradient(f, [x], { tolerance: 2e-3 });
      model.dispose();
    },
    PATIENCE,
  );
});
