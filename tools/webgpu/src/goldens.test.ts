// The packages' goldens of PyTorch on WebGPU, where a kernel of backend-webgpu computes them, and checks of gradients.
import '@tensorflow/tfjs-backend-cpu';
import '@tenfold/gradients';
import * as activations from '@tenfold/activations';
import { gelu, silu } from '@tenfold/activations';
import { registerWebgpu, WebgpuUnavailable } from '@tenfold/backend-webgpu';
import * as layers from '@tenfold/layers';
import { createRng } from '@tenfold/random';
import { checkGradient, expectClose, goldens } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

// A software adapter compiles shaders slowly, especially while other tests run.
const PATIENCE = 300_000;
const available = await start();

async function start(): Promise<boolean> {
  try {
    await registerWebgpu({ allowSoftware: true });
    return true;
  } catch (error) {
    if (!(error instanceof WebgpuUnavailable) || process.env.CI) throw error;
    console.warn(`these tests need a WebGPU adapter and do not run here: ${error.message}`);
    return false;
  }
}

interface Values {
  shape: number[];
  values: number[];
}
interface LayerCase {
  layer: 'batchNorm' | 'conv2d' | 'dense' | 'gru' | 'lstm';
  options: { activation?: string; output?: string };
  training: boolean;
  params: Record<string, Values>;
  x: Values;
  y: Values;
  dy: Values;
  dx: Values;
  gradients: Record<string, Values>;
}
const _goldensOf = (name: string) =>
  new URL(`../../../packages/${name}/goldens/${name}.json`, import.meta.url);

/** What the kernels compute: norms with what follows in training, recurrent layers, convolutions and products that end in relu. */
const layerFiles = goldens<LayerCase[]>(new URL('../../../packages/layers/goldens/', import.meta.url));
const kinds = ['batchNorm', 'conv2d', 'dense', 'gru', 'lstm'];
const cases = kinds
  .flatMap((kind) => layerFiles[kind]!)
  .filter(({ layer, options, training }) => {
    if (layer === 'batchNorm') return training && options.activation !== undefined;
    if (layer === 'lstm' || layer === 'gru') return options.output === 'all';
    return (layer === 'conv2d' || layer === 'dense') && options.activation === 'relu';
  });

const factories = layers as unknown as Record<string, (options: object) => layers.LayerLike>;
const toTensor = ({ values, shape }: Values) => tf.tensor(values, shape);
// Sums of many float32 terms are accurate relative to the largest of the results.
const tolerance = ({ values }: Values): number =>
  2e-5 * Math.max(0.5, ...values.map((v) => Math.min(Math.abs(v), 1e3)));

describe.runIf(available)("PyTorch's results on webgpu", () => {
  it.each(cases.map((c, i) => [`${i} ${c.layer} ${JSON.stringify(c.options)} ${c.x.shape}`, c] as const))(
    '%s',
    async (_, c) => {
      const { activation, ...options } = c.options;
      const named = activations as unknown as Record<string, layers.LayerActivation>;
      const model = layers.createModel(
        factories[c.layer]!({ ...options, ...(activation && { activation: named[activation] }) }),
      );
      layers.assignParameters(
        model,
        Object.fromEntries(Object.entries(c.params).map(([name, v]) => [name, toTensor(v)])),
      );
      const x = tf.variable(toTensor(c.x));
      const names = model.trainable();
      await expectClose(model.apply(x, { training: true }), c.y.values, {
        absolute: tolerance(c.y),
        relative: 2e-5,
      });
      const dy = toTensor(c.dy);
      const { grads } = tf.variableGrads(
        () => tf.sum(tf.mul(model.apply(x, { training: true }), dy)),
        [x, ...Object.values(names)],
      );
      const got = {
        x: grads[x.name]!,
        ...Object.fromEntries(Object.entries(names).map(([n, v]) => [n, grads[v.name]!])),
      };
      for (const [name, value] of Object.entries({ x: c.dx, ...c.gradients })) {
        const options = { absolute: tolerance(value), relative: 1e-4, label: `gradient of ${name}` };
        await expectClose(got[name as 'x'], toTensor(value), options);
      }
      model.dispose();
    },
    PATIENCE,
  );

  it('has goldens of every kind', () => {
    expect(new Set(cases.map(({ layer }) => layer)).size).toBe(5);
  });
});

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
