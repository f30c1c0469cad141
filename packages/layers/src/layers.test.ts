import * as activationExports from '@tenfold/activations';
import { gelu, relu, silu } from '@tenfold/activations';
import { createRng } from '@tenfold/random';
import { checkGradient, expectClose, expectNoLeaks, goldens, kernelRuns } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assignParameters, createModel, type Layer, type LayerLike, type Model, sequential } from './index';
import * as layers from './layers';
import { toLayer } from './model/layer';

interface Values {
  shape: number[];
  values: number[];
}
interface Case {
  layer: string;
  options: {
    activation?: string;
    cell?: string;
    inFeatures?: number;
    units?: number;
    shortcut?: boolean;
    convolution?: boolean;
    iterations?: number;
    positions?: 'rotary';
    scoreBias?: 'alibi' | 'relative';
    features?: number;
    heads?: number;
  };
  training: boolean;
  params: Record<string, Values>;
  /** Further inputs by name; x is then the query. */
  inputs?: Record<string, Values>;
  /** Of the finite differences where the layer is the sample of its kind. */
  step?: number;
  x: Values;
  y: Values;
  dy: Values;
  dx: Values;
  gradients: Record<string, Values>;
  after: Record<string, Values>;
}
// Every export of the folder layers has a golden file, whose first case is its sample below.
const names = Object.keys(layers);
const files = goldens<Case[]>(new URL('../goldens/', import.meta.url));
const onWebgpu = tf.getBackend() === 'webgpu';
// Layers that only call operations of others, whose kernels are tested there: on webgpu, their sample is compared with PyTorch.
const composed = new Set([
  ...['conv1d', 'conv1dTranspose', 'conv3d', 'separableConv2d'],
  ...['averagePool1d', 'globalMaxPool', 'maxPool1d'],
  ...['cropping1d', 'cropping2d', 'permute', 'pixelShuffle', 'pixelUnshuffle', 'reshape'],
  ...['upsampling1d', 'upsampling2d', 'zeroPadding1d', 'zeroPadding2d'],
  ...['adaptiveAveragePool1d', 'adaptiveAveragePool2d', 'adaptiveMaxPool1d', 'adaptiveMaxPool2d'],
  ...['add', 'bilinear', 'concatenate', 'multiply', 'residual', 'timeDistributed'],
  ...['classToken', 'layerScale', 'patchMerging', 'squeezeExcite'],
  ...['linearRecurrentUnit', 'minGru', 'simpleRnn', 'stacked'],
  ...['alibi', 'relativePositions', 'rotaryPositions', 'sinCosPositions1d'],
  ...['transformerDecoderBlock', 'transformerEncoderBlock'],
  ...['instanceNorm', 'rmsNorm', 'spectralNorm', 'weightNorm'],
]);
const isShort = (name: string): boolean => onWebgpu && composed.has(name);
// Layers with inputs of another kind, which have a separate test.
const elsewhere = new Set(['embedding']);
const here = names.filter((name) => !elsewhere.has(name));
// Layers whose output in training depends on the calls before, so that they have no finite differences.
const withMemory = new Set(['spectralNorm']);
// Attention composes its options: on webgpu, one case has several of them.
const isVariant = ({ options: o, inputs }: Case): boolean =>
  onWebgpu && !o.positions && Boolean(o.scoreBias || inputs?.mask);
const cases = here
  .flatMap((name) => (isShort(name) ? files[name]!.slice(0, 1) : (files[name] ?? [])))
  .filter((c) => c.layer !== 'multiHeadAttention' || !isVariant(c))
  // Lengths and states are read by the same operations in all recurrent layers.
  .filter((c) => !onWebgpu || c.layer === 'gru' || !(c.inputs?.lengths || c.inputs?.state));

// WGSL allows exp an error of 3 + 2|x| units in the last place, and softmax's gradients cancel to 0 in key.bias.
const rounding = onWebgpu ? 8 : 1;

type Factory = (options: object) => LayerLike<never>;
type Several = Layer<object, { [name: string]: tf.Tensor }>;

const linear = (outFeatures: number) => layers.dense({ inFeatures: 4, outFeatures });
/** Layers of layers, from the options of a golden case. */
const wrappers: Record<string, (options: Case['options']) => LayerLike> = {
  bidirectional({ cell, inFeatures, units }) {
    const reader = () =>
      (cell === 'lstm' ? layers.lstm : layers.gru)({ inFeatures: inFeatures!, units: units!, output: 'all' });
    return layers.bidirectional(reader(), reader()) as Layer;
  },
  add: () => layers.add([linear(3), linear(3)]),
  concatenate: () => layers.concatenate([linear(3), linear(2)]),
  multiply: () => layers.multiply([linear(3), linear(3)]),
  residual: ({ shortcut }) =>
    layers.residual(linear(shortcut ? 3 : 4), shortcut ? { shortcut: linear(3) } : {}),
  stacked: () =>
    layers.stacked([
      layers.gru({ inFeatures: 3, units: 2, output: 'all' }),
      layers.gru({ inFeatures: 2, units: 2 }),
    ]) as Layer,
  timeDistributed: () => layers.timeDistributed(linear(3)),
  spectralNorm: (options) => layers.spectralNorm(linear(3), options) as Layer,
  weightNorm: ({ convolution }) =>
    (convolution
      ? layers.weightNorm(layers.conv2d({ inChannels: 2, outChannels: 3, kernelSize: 2, padding: 'valid' }))
      : layers.weightNorm(linear(3))) as Layer,
};
/** The name of the first of several inputs. */
const firstInputs: Record<string, string> = {
  attention: 'query',
  bilinear: 'left',
  transformerDecoderBlock: 'x',
};
/** The layers that options of attention name. */
const optionLayers = ({ positions, scoreBias, features = 1, heads = 1 }: Case['options']): object => ({
  ...(positions && { positions: layers.rotaryPositions({ features: features / heads }) }),
  ...(scoreBias && {
    scoreBias:
      scoreBias === 'alibi'
        ? layers.alibi({ heads })
        : layers.relativePositions({ heads, buckets: 8, maxDistance: 5 }),
  }),
});

/** A layer as a function of its first input; the others are constants. */
function make({ layer, options: { activation, ...options }, inputs }: Case): LayerLike {
  const functions = activationExports as unknown as Record<string, (x: tf.Tensor) => tf.Tensor>;
  const factory = (layers as unknown as Record<string, Factory | ((x: tf.Tensor) => tf.Tensor)>)[layer]!;
  if (['flatten', 'globalAveragePool', 'globalMaxPool'].includes(layer))
    return factory as (x: tf.Tensor) => tf.Tensor;
  const all = {
    ...options,
    ...optionLayers(options),
    ...(activation && { activation: functions[activation] }),
  };
  const result = layer in wrappers ? wrappers[layer]!(options) : (factory as Factory)(all);
  if (!inputs) return result as unknown as LayerLike;
  const several = result as unknown as Several;
  const first = firstInputs[layer] ?? 'x';
  return {
    init: several.init,
    apply: (params, x, context) =>
      several.apply(
        params,
        {
          [first]: x,
          ...Object.fromEntries(
            Object.entries(inputs).map(([name, value]) => [
              name,
              // A batch of 1 takes the first of each.
              tf.slice(
                toTensor(value),
                0,
                Math.min(value.shape[0]!, (x as tf.Tensor | undefined)?.shape?.[0] ?? 1),
              ),
            ]),
          ),
        },
        context,
      ),
  };
}
const toTensor = ({ values, shape }: Values): tf.Tensor => tf.tensor(values, shape);

it('has golden values for every layer', () => {
  expect(names.filter((name) => !files[name]?.length)).toEqual([]);
});

/** Returns the output, and the gradients of the input (as '') and the trained parameters by name. */
function gradients(model: Model, x: tf.Tensor, dy: tf.Tensor, training: boolean): tf.NamedTensorMap {
  const input = tf.variable(x);
  const names = model.trainable();
  const { value, grads } = tf.variableGrads(
    () => tf.sum(tf.mul(model.apply(input, { training, rng: createRng(1) }), dy)),
    [input, ...Object.values(names)],
  );
  const named = Object.fromEntries(Object.entries(names).map(([name, v]) => [name, grads[v.name]!]));
  const result = { '': grads[input.name]!, ...named };
  tf.dispose([value, input]);
  return result;
}

describe.each(cases.map((c, i) => [`${i} ${c.layer} ${JSON.stringify(c.options)} ${c.x.shape}`, c] as const))(
  '%s',
  (_, c) => {
    let model: Model;
    beforeEach(() => {
      model = createModel(make(c));
      const parameters = Object.fromEntries(Object.entries(c.params).map(([name, v]) => [name, toTensor(v)]));
      assignParameters(model, parameters);
    });
    afterEach(() => model.dispose());

    it("has PyTorch's values", async () => {
      const y = model.apply(toTensor(c.x), { training: c.training });
      expect(y.shape).toEqual(c.y.shape);
      expect(y.dtype).toBe('float32');
      await expectClose(y, c.y.values, { absolute: tolerance(c.y), relative: 2e-5 });
    });

    it("has PyTorch's gradients and running statistics", async () => {
      const all = gradients(model, toTensor(c.x), toTensor(c.dy), c.training);
      const expected: Record<string, Values> = { '': c.dx, ...c.gradients };
      expect(Object.keys(all).sort()).toEqual(Object.keys(expected).sort());
      for (const [name, value] of Object.entries(expected)) {
        const absolute = rounding * tolerance(value);
        const options = { absolute, relative: 1e-4, label: `gradient of ${name || 'x'}` };
        await expectClose(all[name]!, toTensor(value), options);
      }
      for (const [name, value] of Object.entries(c.after)) {
        await expectClose(model.parameters()[name]!, toTensor(value), { relative: 2e-5, label: name });
      }
    });
  },
);

// Sums of many float32 terms are accurate relative to the largest result.
const tolerance = ({ values }: Values): number =>
  2e-5 * Math.max(0.5, ...values.map((v) => Math.min(Math.abs(v), 1e3)));

// The first golden case of every layer, and variants that run other code paths.
const variants: Record<string, Case> = Object.fromEntries([
  ...here
    .filter((name) => !isShort(name) && !withMemory.has(name))
    .map((name) => [name, files[name]![0]!] as const),
  ...cases
    .filter(
      ({ layer, options: o }) => o.activation === 'gelu' && ['batchNorm', 'conv2d', 'dense'].includes(layer),
    )
    .map((c) => [`${c.layer} with gelu`, c] as const),
  ...cases
    .filter((c) => c.layer === 'conv2d' && 'dilations' in c.options)
    .map((c) => ['conv2d dilated', c] as const),
  // The first: the other groups are those of a depthwise convolution.
  ...cases
    .filter((c) => c.layer === 'conv2d' && 'groups' in c.options)
    .slice(0, 1)
    .map((c) => ['conv2d in groups', c] as const),
  ...cases
    .filter((c) => c.layer === 'bidirectional' && c.options.cell === 'gru' && !c.inputs)
    .map((c) => ['bidirectional gru', c] as const),
]);

describe.each(Object.entries(variants))('%s', (name, c) => {
  const layer = () => make(c);
  const { step } = c;
  const [shape, output] = [c.x.shape, c.y.shape];
  const model = createModel(layer(), { seed: 3 });
  const context = (training: boolean) => ({ training, rng: createRng(5) });
  const x = tf.tensor(createRng(2).fillNormal(new Float32Array(tf.util.sizeFromShape(shape))), shape);

  it('has the documented shape and dtype, in training and afterwards, also for a batch of 1', () => {
    for (const training of [true, false]) {
      const y = model.apply(x, context(training));
      expect([y.shape, y.dtype]).toEqual([output, 'float32']);
    }
    expect(model.predict(tf.slice(x, 0, 1)).shape).toEqual([1, ...output.slice(1)]);
  });

  // Recurrent layers reject it.
  it
    .runIf(!/^(bidirectional|gru|linearRecurrentUnit|lstm|minGru|simpleRnn|stacked)/.test(name))
    .each([true, false])(
    'takes an empty batch, which has gradients of 0 and does not change statistics (training: %s)',
    async (training) => {
      const fresh = createModel(layer(), { seed: 3 });
      const statistics = async () =>
        Promise.all(
          Object.values(fresh.parameters())
            .filter(({ trainable }) => !trainable)
            .map(async (variable) => [...(await variable.data())]),
        );
      const before = await statistics();
      const empty = [0, ...shape.slice(1)];
      expect(fresh.apply(tf.zeros(empty), context(training)).shape).toEqual([0, ...output.slice(1)]);
      const dy = tf.zeros([0, ...output.slice(1)]);
      const { '': dx, ...others } = gradients(fresh, tf.zeros(empty), dy, training);
      expect(dx!.shape).toEqual(empty);
      for (const gradient of Object.values(others)) {
        expect((await gradient.data()).every((value) => value === 0)).toBe(true);
      }
      expect(await statistics()).toEqual(before);
      fresh.dispose();
    },
  );

  it('passes NaN through', async () => {
    const y = await model.predict(tf.fill(shape, Number.NaN)).data();
    // tfjs's maximum of NaN alone is −∞, or −1e20 on webgpu.
    const lost = /[mM]axPool/.test(name) ? (v: number) => !(Math.abs(v) < 1e19) : Number.isNaN;
    // Padding and a learned token of 4 features before the 12 of an example do not depend on the input.
    const depends = (v: number, i: number) =>
      name.startsWith('zeroPadding') ? v !== 0 : name !== 'classToken' || i % 16 >= 4;
    const passed = [...y].filter(depends);
    expect(passed.length).toBeGreaterThan(0);
    expect(passed.every(lost)).toBe(true);
  });

  it.each([true, false])(
    'has the gradients that finite differences find (training: %s)',
    async (training) => {
      const names = Object.keys(model.trainable());
      const network = toLayer(layer());
      const f = (x: tf.Tensor, ...values: tf.Tensor[]) =>
        network.apply(replace(model.params, names, values), x, context(training));
      await checkGradient(f, [x, ...Object.values(model.trainable())], { step, tolerance: 2e-3 });
    },
  );

  it.each([true, false])(
    'has the second derivatives that finite differences find (training: %s)',
    async (training) => {
      // A new model, whose running statistics no earlier test has changed.
      const fresh = createModel(layer(), { seed: 3 });
      const names = Object.keys(fresh.trainable());
      const network = toLayer(layer());
      // Squared, because the gradient of a linear layer does not depend on its input.
      const loss = (x: tf.Tensor, ...values: tf.Tensor[]) =>
        tf.mean(tf.square(network.apply(replace(fresh.params, names, values), x, context(training))));
      const gradient = (...inputs: tf.Tensor[]) =>
        tf.concat(
          tf
            .grads(loss)(inputs)
            .map((part) => tf.reshape(part, [-1])),
        );
      await checkGradient(gradient, [x, ...Object.values(fresh.trainable())], { step, tolerance: 5e-3 });
      fresh.dispose();
    },
  );

  it('leaks nothing over 10 training steps', async () => {
    const trained = createModel(layer());
    const labels = tf.zeros(output);
    const rng = createRng(7);
    const oneStep = (i: number) => {
      const input = tf.variable(x);
      const forward = () =>
        tf.mean(
          tf.squaredDifference(trained.apply(input, { training: true, rng: rng.fork(i) }), labels),
        ) as tf.Scalar;
      const { value, grads } = tf.variableGrads(forward, [input, ...Object.values(trained.trainable())]);
      for (const variable of Object.values(trained.trainable())) {
        tf.tidy(() => variable.assign(tf.sub(variable, tf.mul(grads[variable.name]!, 0.1))));
      }
      tf.dispose([value, grads, input]);
    };
    oneStep(0);
    await expectNoLeaks(() => {
      for (let i = 1; i <= 10; i++) oneStep(i);
    });
    await expectNoLeaks(() => trained.predict(x));
    const left = tf.memory().numTensors - Object.keys(trained.parameters()).length;
    trained.dispose();
    expect(tf.memory().numTensors).toBe(left);
  });

  it('starts with the same parameters for the same seed, and different ones for another', async () => {
    const values = async (seed: number) => {
      const parameters = Object.values(createModel(layer(), { seed }).parameters());
      return (await Promise.all(parameters.map((v) => v.data()))).map((v) => v.join());
    };
    expect(await values(3)).toEqual(await values(3));
    if (/kernel|embedding/.test(Object.keys(model.parameters()).join())) {
      expect(await values(4)).not.toEqual(await values(3));
    }
  });

  it.each(['int32', 'bool'] as const)('computes %s in float32', async (dtype) => {
    const network = tf.tidy(() =>
      tf.cast(dtype === 'bool' ? tf.greater(x, 0) : tf.round(tf.mul(x, 3)), dtype),
    );
    for (const training of [false, true]) {
      const fresh = () => createModel(layer(), { seed: 3 });
      const y = fresh().apply(network, context(training));
      expect(y.dtype).toBe('float32');
      await expectClose(y, fresh().apply(tf.cast(network, 'float32'), context(training)), {
        absolute: 0,
        relative: 0,
      });
    }
  });

  it('rejects anything that is not a tensor of numbers, and leaves nothing', async () => {
    const disposed = tf.ones(shape);
    disposed.dispose();
    const message = new RegExp(`^(${name.split(' ')[0]}|dense)\\b.*: (the input|query|left|x) is `);
    await expectNoLeaks(() => {
      for (const bad of [undefined, null, [[1, 2]], 3, 'x', {}, disposed]) {
        expect(() => model.predict(bad as unknown as tf.Tensor)).toThrow(message);
      }
    });
  });

  // Samples with further inputs, of the same batch, and layers of others, which take the ranks of these.
  it.runIf(
    !(name in firstInputs) &&
      name !== 'rotaryPositions' &&
      (!(name.split(' ')[0]! in wrappers) || /^(bidirectional|stacked|timeDistributed)/.test(name)),
  )(
    'takes the ranks that its documentation names, and rejects others with an error that starts with its name',
    () => {
      // From any rank to the first, such as a single example without a batch.
      const least = {
        dense: 1,
        layerNorm: 1,
        batchNorm: 2,
        groupNorm: 2,
        globalAveragePool: 3,
        globalMaxPool: 3,
        flatten: 1,
        timeDistributed: 3,
        rmsNorm: 1,
        layerScale: 1,
        squeezeExcite: 3,
        instanceNorm: 3,
      };
      const anyRank = { dropPath: 1, dropout: 0, prelu: 1, rrelu: 0 };
      const start = ({ ...least, ...anyRank } as Record<string, number>)[name.split(' ')[0]!];
      for (let rank = 0; rank <= 6; rank++) {
        const other = shape.slice(Math.max(0, shape.length - rank));
        const input = tf.zeros([...Array<number>(rank - other.length).fill(1), ...other]);
        for (const training of [false, true]) {
          const call = () => model.apply(input, context(training));
          if (start === undefined ? rank === shape.length : rank >= start)
            expect(call, `${rank}`).not.toThrow();
          else {
            expect(call).toThrow(
              new RegExp(
                `^${name.split(' ')[0]}: (the input|x) .*(shape \\[${input.shape}\\]|scalar).*(give|must)`,
              ),
            );
          }
        }
      }
    },
  );

  it('rejects an input that does not fit', () => {
    const wrong = tf.zeros([2, 7]);
    if (/^(dropPath|dropout|flatten|rrelu)/.test(name)) expect(() => model.predict(wrong)).not.toThrow();
    else
      expect(() => model.predict(wrong)).toThrow(
        /^([\w.]+: )+(the input|left) has shape \[2,7\].*(give|must)/,
      );
  });
});

/** The parameters with other values for those named. */
function replace(params: object, names: string[], values: tf.Tensor[], prefix = ''): object {
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => {
      const name = prefix + key;
      if (!(value instanceof tf.Variable)) return [key, replace(value as object, names, values, `${name}.`)];
      return [key, names.includes(name) ? values[names.indexOf(name)] : value];
    }),
  );
}

describe('an unneeded gradient', () => {
  const convolutions = (trainable: boolean): Layer =>
    sequential({
      first: layers.conv2d({ inChannels: 3, outChannels: 4, kernelSize: 2, trainable }),
      second: layers.conv2d({ inChannels: 4, outChannels: 2, kernelSize: 2 }),
    });
  const backward = async (layer: LayerLike, shape: number[]) => {
    const model = createModel(layer);
    const x = tf.ones(shape);
    return kernelRuns(
      () =>
        tf.variableGrads(
          () => tf.sum(model.apply(x, { training: true })) as tf.Scalar,
          Object.values(model.trainable()),
        ).grads,
    );
  };

  it('is not computed for an image or a frozen kernel', async () => {
    const trained = await backward(convolutions(true), [1, 4, 4, 3]);
    expect([trained.Conv2DBackpropInput, trained.Conv2DBackpropFilter]).toEqual([1, 2]);
    const frozen = await backward(convolutions(false), [1, 4, 4, 3]);
    expect([frozen.Conv2DBackpropInput, frozen.Conv2DBackpropFilter]).toEqual([1, 1]);
  });

  it('is not computed for a convolution with bias and relu', async () => {
    const one = layers.conv2d({ inChannels: 3, outChannels: 4, kernelSize: 2, activation: relu });
    const counts = await backward(one, [1, 4, 4, 3]);
    expect([counts.FusedConv2D, counts.Conv2DBackpropFilter]).toEqual([1, 1]);
    expect([counts.Conv2DBackpropInput, counts.Conv2D]).toEqual([undefined, undefined]);
  });

  it('is not computed for the input of the first dense layer', async () => {
    const model = sequential([layers.dense({ inFeatures: 3, outFeatures: 2 })]);
    const { _FusedMatMul: forward, BatchMatMul: gradients } = await backward(model, [4, 3]);
    expect([forward, gradients]).toEqual([1, 1]); // y and dW only
  });
});

describe('bad options', () => {
  it.each<[() => unknown, RegExp]>([
    [
      () => layers.batchNorm({ channels: 1, activation: 'silu' as unknown as typeof silu }),
      /^batchNorm: activation is "silu"; give a function of a tensor such as relu/,
    ],
    [() => layers.dense({ inFeatures: 0, outFeatures: 1 }), /dense: inFeatures is 0; give an integer/],
    [
      () => layers.conv2d({ inChannels: 1, outChannels: 1, kernelSize: [3, 1.5] }),
      /^conv2d: kernelSize is \[3, 1.5\]; give an integer of at least 1/,
    ],
    [
      () => layers.conv2d({ inChannels: 4, outChannels: 6, kernelSize: 3, groups: 4 }),
      /^conv2d: outChannels is 6 and groups is 4; groups must divide outChannels/,
    ],
    [
      () => layers.conv1d({ inChannels: 3, outChannels: 4, kernelSize: 3, groups: 2 }),
      /^conv1d: inChannels is 3 and groups is 2; groups must divide inChannels/,
    ],
    [
      () =>
        layers.conv2dTranspose({
          inChannels: 1,
          outChannels: 1,
          kernelSize: 3,
          strides: 2,
          outputPadding: 1,
        }),
      /^conv2dTranspose: outputPadding is \[1,1\] and padding 'same', whose output .*; give a number/,
    ],
    [
      () =>
        layers.conv1dTranspose({
          ...{ inChannels: 1, outChannels: 1, kernelSize: 3 },
          ...{ strides: 2, outputPadding: 2, padding: 1 },
        }),
      /^conv1dTranspose: outputPadding is \[2\] and strides \[2\]; give less outputPadding/,
    ],
    [
      () =>
        createModel(
          layers.conv2dTranspose({ inChannels: 1, outChannels: 1, kernelSize: 3, padding: 2 }),
        ).predict(tf.zeros([1, 2, 3, 1])),
      /^conv2dTranspose: the input has shape \[1,2,3,1\], so the output would have size \[0,1\]; give a larger/,
    ],
    [
      () => layers.conv1d({ inChannels: 1, outChannels: 1, kernelSize: 3, padding: [1, 1] as never }),
      /^conv1d: padding is \[1, 1\]; give "same" or "valid", or an integer of at least 0/,
    ],
    [
      () =>
        createModel(
          layers.conv1d({ inChannels: 1, outChannels: 1, kernelSize: 3, padding: 'valid', dilations: 2 }),
        ).predict(tf.zeros([1, 4, 1])),
      /^conv1d: the input has shape \[1,4,1\], which is smaller than the window of \[5\]; give longer seq/,
    ],
    [
      () =>
        createModel(
          layers.conv3d({ inChannels: 1, outChannels: 1, kernelSize: 3, padding: [0, 1, 1] }),
        ).predict(tf.zeros([1, 2, 2, 2, 1])),
      /^conv3d: the input has shape \[1,2,2,2,1\], which is smaller than the window of \[3,3,3\]; give larger v/,
    ],
    [
      () =>
        createModel(
          layers.separableConv2d({ inChannels: 1, outChannels: 1, kernelSize: 3, padding: 'valid' }),
        ).predict(tf.zeros([1, 2, 3, 1])),
      /^separableConv2d: the input has shape \[1,2,3,1\], which is smaller than the window of \[3,3\]/,
    ],
    [
      () => layers.depthwiseConv2d({ channels: 1, kernelSize: 3, strides: [1, 0] }),
      /^depthwiseConv2d: strides is \[1, 0\]/,
    ],
    [() => layers.batchNorm({ channels: 1, momentum: 0 }), /batchNorm: momentum is 0/],
    [() => layers.batchNorm({ channels: 1, epsilon: 0 }), /batchNorm: epsilon is 0/],
    [() => layers.layerNorm({ features: 1, epsilon: Number.NaN }), /layerNorm: epsilon is NaN/],
    [
      () => layers.multiHeadAttention({ features: 6, heads: 4 }),
      /features is 6 and heads is 4; heads must divide/,
    ],
    [
      () => layers.localitySelfAttention({ features: 6, heads: 4 }),
      /localitySelfAttention: features is 6 and heads is 4; heads must divide/,
    ],
    [
      () =>
        createModel(
          layers.bidirectional(
            layers.gru({ inFeatures: 1, units: 1 }),
            layers.gru({ inFeatures: 1, units: 1, output: 'all' }),
          ),
        ).predict(tf.zeros([1, 2, 1])),
      /^bidirectional: a layer's output has shape \[1,1\]; give layers with the output/,
    ],
    [
      () => layers.conv2d({ inChannels: 1, outChannels: 1, kernelSize: 3, group: 2 } as never),
      /no option "group"; did you mean groups/,
    ],
    [
      () => layers.conv2d({ inChannels: 1, outChannels: 1, kernelSize: 3, padding: 'Same' as 'same' }),
      /^conv2d: padding is "Same"; give "same" or "valid"/,
    ],
    [
      () => layers.multiHeadAttention({ features: 4, heads: 2, isCausal: true } as never),
      /^multiHeadAttention: there is no option "isCausal"; did you mean causal/,
    ],
    [
      () => layers.multiHeadAttention({ features: 6, heads: 3, keyValueHeads: 2 }),
      /^multiHeadAttention: heads is 3 and keyValueHeads is 2; keyValueHeads must divide heads/,
    ],
    [
      () =>
        createModel(layers.multiHeadAttention({ features: 4, heads: 2 })).predict({
          x: tf.zeros([2, 3, 4]),
          mask: tf.zeros([3, 3]),
        }),
      /^multiHeadAttention: mask has shape \[3,3\]; give \[batch, keys\], here \[2,3\], or/,
    ],
    [
      () =>
        createModel(layers.attention({ features: 4, heads: 2, causal: true })).predict({
          query: tf.zeros([1, 3, 4]),
          key: tf.zeros([1, 2, 4]),
        }),
      /^attention: there are 3 queries but 2 keys; causal attention needs a key for each query/,
    ],
    [() => layers.rotaryPositions({ features: 3 }), /^rotaryPositions: features is 3; give an even number/],
    [
      () => layers.relativePositions({ heads: 1, buckets: 5 }),
      /^relativePositions: buckets is 5; give an even number of at least 4/,
    ],
    [
      () => createModel(layers.learnedPositions({ tokens: 2, features: 4 })).predict(tf.zeros([1, 3, 4])),
      /^learnedPositions: the input has shape \[1,3,4\]; give at most 2 tokens in all, because tokens is 2/,
    ],
    [
      () => layers.dense({ inFeatures: 1, outFeatures: 1, kernelRegularizer: () => 0 } as never),
      /^dense: there is no option "kernelRegularizer"/,
    ],
    [() => layers.lstm({ inFeatures: 1, units: 1, forgetBias: Number.NaN }), /^lstm: forgetBias is NaN/],
    [
      () => layers.batchNorm({ channels: 1, epsilon: Number.POSITIVE_INFINITY }),
      /^batchNorm: epsilon is Infinity; give a finite number above 0/,
    ],
    [
      () => layers.layerNorm({ features: 1, epsilon: Number.POSITIVE_INFINITY }),
      /^layerNorm: epsilon is Infinity; give a finite number above 0/,
    ],
    [
      () =>
        createModel(
          layers.conv2d({ inChannels: 1, outChannels: 1, kernelSize: 5, padding: 'valid' }),
        ).predict(tf.zeros([1, 4, 4, 1])),
      /^conv2d: the input has shape \[1,4,4,1\], which is smaller than the window of \[5,5\]; give larger/,
    ],
    [
      () =>
        createModel(
          layers.depthwiseConv2d({ channels: 1, kernelSize: 3, padding: 'valid', dilations: 2 }),
        ).predict(tf.zeros([1, 4, 4, 1])),
      /^depthwiseConv2d: the input has shape \[1,4,4,1\], which is smaller than the window of \[5,5\]/,
    ],
    [
      () => layers.maxPool2d({ poolSize: 3 })(tf.zeros([1, 2, 2, 1])),
      /^maxPool2d: the input has shape \[1,2,2,1\], which is smaller than the window/,
    ],
    [
      () => layers.averagePool2d({ padding: 2 }),
      /^averagePool2d: padding is \[2,2\] and poolSize \[2,2\]; give less padding/,
    ],
    [
      () => layers.maxPool1d({ poolSize: 3, padding: 3 }),
      /^maxPool1d: padding is \[3\] and poolSize \[3\]; give less padding/,
    ],
    [
      () => layers.averagePool1d({ poolSize: 3 })(tf.zeros([1, 2, 1])),
      /^averagePool1d: the input has shape \[1,2,1\], which is smaller than the window of \[3\]; give longer/,
    ],
    [
      () => layers.adaptiveMaxPool2d({ outputSize: 2 })(tf.zeros([1, 0, 2, 3])),
      /^adaptiveMaxPool2d: the input has shape \[1,0,2,3\], which is smaller than the window of \[1,1\]; give l/,
    ],
    [
      () => layers.maxPool2d({ countPadding: true } as never),
      /^maxPool2d: there is no option "countPadding"/,
    ],
    [
      () => layers.reshape({ shape: [-1, 2, -1] }),
      /^reshape: shape is \[-1,2,-1\], with 2 sizes of −1; give at most one/,
    ],
    [
      () => layers.reshape({ shape: [4, -1] })(tf.zeros([2, 6])),
      /^reshape: the input has shape \[2,6\] but shape is \[4,-1\]; give a batch of examples of a multiple of 4/,
    ],
    [
      () => layers.permute({ axes: [1, 1] }),
      /^permute: axes is \[1,1\]; give each of the numbers from 1 to 2/,
    ],
    [
      () => layers.cropping2d({ cropping: [1, 2] })(tf.zeros([1, 4, 4, 1])),
      /^cropping2d: the input has shape \[1,4,4,1\], of which a cropping of \[\[1,1\],\[2,2\]\] leaves nothing; give/,
    ],
    [
      () => layers.zeroPadding1d({ padding: [[1, 1]] as never }),
      /^zeroPadding1d: padding is an array of 1; give an integer of at least 0/,
    ],
    [
      () => layers.pixelShuffle({ scale: 2 })(tf.zeros([1, 2, 2, 6])),
      /^pixelShuffle: the input has shape \[1,2,2,6\] and scale is 2; give a multiple of 4 channels/,
    ],
    [
      () => layers.pixelUnshuffle({ scale: 2 })(tf.zeros([1, 2, 3, 1])),
      /^pixelUnshuffle: the input has shape \[1,2,3,1\] and scale is 2; give a height and width/,
    ],
    [
      () => layers.upsampling2d({ interpolation: 'linear' as never }),
      /^upsampling2d: interpolation is "linear"; give "nearest" or "bilinear"/,
    ],
    [
      () => (layers.globalAveragePool as () => unknown)(),
      /^globalAveragePool: the input is missing; give a tensor, or as a layer the function itself, without a call$/,
    ],
    [() => (layers.flatten as () => unknown)(), /^flatten: .* the function itself, without a call$/],
    [
      () => layers.dense({ inFeatures: 1, outFeatures: 1, initializer: 'heNormal' as never }),
      /^dense: initializer is "heNormal"; give a function such as heNormal\(\)$/,
    ],
    [
      () => layers.globalAveragePool(tf.zeros([1, 0, 2, 3])),
      /^globalAveragePool: the input has shape \[1,0,2,3\]; give at least one position/,
    ],
    [
      () => createModel(layers.gru({ inFeatures: 2, units: 1 })).predict(tf.zeros([0, 3, 2])),
      /^gru: the input has shape \[0,3,2\]; give at least one sequence/,
    ],
    [
      () => createModel(layers.attention({ features: 4, heads: 2 })).predict(tf.zeros([1, 2, 4]) as never),
      /^attention: give the input as \{ query, key, value, mask \}/,
    ],
    [
      () =>
        createModel(layers.attention({ features: 4, heads: 2 })).predict({
          query: tf.zeros([1, 2, 4]),
          key: tf.zeros([2, 3, 4]),
        }),
      /^attention: key has shape \[2,3,4\] and value \[2,3,4\]; give both as \[batch, keys, 4\] with the batch of the query, 1/,
    ],
    [
      () =>
        createModel(layers.attention({ features: 4, heads: 2 })).predict({
          query: tf.zeros([1, 2, 4]),
          key: tf.zeros([1, 3, 4]),
          mask: tf.zeros([1, 2]),
        }),
      /^attention: mask has shape \[1,2\]; give \[batch, keys\], here \[1,3\], or/,
    ],
    [
      () => layers.shiftedPatchEmbedding({ patchSize: 3, inChannels: 3, features: 1 }),
      /shiftedPatchEmbedding: patchSize is 3; give an even number/,
    ],
    [() => layers.dropPath({ rate: 1 }), /^dropPath: rate is 1; give a number in \[0, 1\)/],
    [
      () => createModel(layers.dropPath({ rate: 0.5 })).apply(tf.zeros([1]), { training: true }),
      /dropPath: rng is missing in training/,
    ],
    [() => layers.lstm({ inFeatures: 1, units: -1 }), /lstm: units is -1/],
    [() => layers.gru({ inFeatures: 1, units: 1, output: 'first' as 'last' }), /gru: output is "first"/],
    [
      () => layers.sinCosPositions2d({ height: 1, width: 1, features: 6 }),
      /features is 6; give a multiple of 4/,
    ],
    [() => layers.maxPool2d({ poolSize: 0 }), /^maxPool2d: poolSize is 0/],
    [() => layers.dropout({ rate: 1 }), /^dropout: rate is 1; give a number in \[0, 1\)/],
    [
      () => createModel(layers.dropout({ rate: 0.5 })).apply(tf.zeros([1]), { training: true }),
      /^dropout: rng is missing in training/,
    ],
    [
      () => createModel(layers.lstm({ inFeatures: 2, units: 1 })).predict(tf.zeros([1, 0, 2])),
      /lstm: the input has shape \[1,0,2\]; give at least one sequence/,
    ],
  ])('are rejected with a clear error', (call, message) => {
    expect(call).toThrow(message);
  });
});

it.each<[string, (x: tf.Tensor) => tf.Tensor]>([
  ['maxPool2d', layers.maxPool2d({ poolSize: [3, 2] })],
  ['adaptiveMaxPool2d', layers.adaptiveMaxPool2d({ outputSize: 2 })],
  ['globalMaxPool', layers.globalMaxPool],
])('%s sends the gradient to the first of equal values in reading order', async (_, pool) => {
  // The windows have 3 rows, and 2 columns or all 3.
  const x = tf.tensor4d([0, 5, 0, 5, 0, 0, 5, 5, 0], [1, 3, 3, 1]);
  const dx = await tf
    .grad((x: tf.Tensor) => tf.slice(tf.reshape(pool(x), [-1]), 0, 1))(x)
    .data();
  expect([...dx]).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0]);
});

it('drops whole examples of a branch, and keeps the mean', async () => {
  const model = createModel(layers.dropPath({ rate: 0.25 }));
  const rng = createRng(4);
  const y = await model.apply(tf.ones([4000, 3]), { training: true, rng }).data();
  const rows = Array.from({ length: 4000 }, (_, i) => [...y.slice(3 * i, 3 * i + 3)]);
  for (const row of rows) expect([0, Math.fround(4 / 3)]).toContain(row[0]);
  expect(rows.every((row) => row[0] === row[1] && row[1] === row[2])).toBe(true);
  expect(rows.filter((row) => row[0] === 0).length / 4000).toBeCloseTo(0.25, 1.5);
});

it('starts with the temperature of ordinary attention, and masks the diagonal', async () => {
  const model = createModel(layers.localitySelfAttention({ features: 6, heads: 2 }));
  await expectClose(model.parameters()['temperature.scale']!, [1 / Math.sqrt(3), 1 / Math.sqrt(3)]);
  const x = tf.randomNormal([1, 3, 6], 0, 1, 'float32', 3);
  let diagonal: tf.Tensor | undefined;
  const record = (_: string, { weights }: tf.NamedTensorMap) => {
    diagonal = tf.keep(tf.mul(weights!, tf.eye(3)));
  };
  const y = model.apply(x, { training: false, record });
  expect(Math.max(...(await diagonal!.data()))).toBe(0);
  // With two tokens, each takes the value of the other for any scores.
  const pair = tf.slice(x, [0, 0, 0], [1, 2, 6]);
  const [one, two] = tf.split(model.predict(pair), 2, 1);
  const [first, second] = tf.split(model.predict(tf.reverse(pair, 1)), 2, 1);
  await expectClose(one!, second!);
  await expectClose(two!, first!);
  expect(y.shape).toEqual([1, 3, 6]);
});

it('records the weights of every attention without changing the output', async () => {
  const attention = () => layers.multiHeadAttention({ features: 6, heads: 2 });
  const model = createModel(sequential([attention(), attention()]), { seed: 3 });
  const x = tf.tensor(createRng(1).fillNormal(new Float32Array(48)), [2, 4, 6]);
  const recorded: tf.Tensor[] = [];
  const before = tf.memory().numTensors;
  const y = model.apply(x, {
    training: false,
    record(name, { weights }) {
      expect([name, weights!.shape]).toEqual(['attention', [2, 2, 4, 4]]);
      recorded.push(tf.keep(tf.clone(weights!)));
    },
  });
  expect(tf.memory().numTensors).toBe(before + 3);
  for (const weights of recorded) await expectClose(tf.sum(weights, -1), new Float32Array(16).fill(1));
  // The expected weights of the first one: softmax(Q·Kᵀ/√3) of each head.
  const { query, key } = model.params['0'];
  const rows = tf.reshape(x, [8, 6]) as tf.Tensor2D;
  const heads = (part: typeof query) =>
    tf.transpose(
      tf.reshape(tf.add(tf.matMul(rows, part.kernel as tf.Tensor2D), part.bias!), [2, 4, 2, 3]),
      [0, 2, 1, 3],
    );
  const scores = tf.div(tf.matMul(heads(query), heads(key), false, true), Math.sqrt(3));
  await expectClose(recorded[0]!, tf.softmax(scores), { relative: 1e-4 });
  expect(await y.data()).toEqual(await model.predict(x).data());
});

it('outputs only the bias for a query whose keys are all padding', async () => {
  const model = createModel(layers.attention({ features: 4, heads: 2 }), { seed: 1 });
  const [query, key] = [
    tf.randomNormal([2, 3, 4], 0, 1, 'float32', 1),
    tf.randomNormal([2, 2, 4], 0, 1, 'float32', 2),
  ];
  const y = model.predict({ query, key, mask: tf.tensor2d([1, 1, 0, 0], [2, 2]) });
  await expectClose(tf.slice(y, 1), new Float32Array(12).fill(0));
});

describe('the mask of attention', () => {
  const model = createModel(layers.attention({ features: 4, heads: 2 }), { seed: 1 });
  const key = tf.randomNormal([2, 2, 4], 0, 1, 'float32', 1);
  const query = tf.randomNormal([2, 3, 4], 0, 1, 'float32', 2);
  const masked = (mask: tf.Tensor) => model.predict({ query, key, mask });

  it.each(['bool', 'int32', 'float32'] as const)('is 0 for padding and 1 for keys, as %s', async (dtype) => {
    const y = masked(tf.tensor2d([1, 0, 0, 1], [2, 2], dtype));
    const first = model.predict({
      query: tf.slice(query, 0, 1),
      key: tf.slice(key, 0, [1, 1, 4]),
    });
    await expectClose(tf.slice(y, 0, 1), first);
  });

  // An additive mask has 0 for a key to attend to, and so it would be read as its opposite.
  it.each([-1e9, -1, 0.5, 2, Number.NaN, Number.NEGATIVE_INFINITY])(
    'makes outputs and gradients of an example NaN with a value of %d',
    async (value) => {
      const mask = tf.tensor2d([1, 0, 0, value], [2, 2]);
      const y = [...(await masked(mask).data())].map(Number.isNaN);
      expect(y).toEqual([...new Array(12).fill(false), ...new Array(12).fill(true)]);
      const { grads } = tf.variableGrads(() => tf.sum(masked(mask)) as tf.Scalar);
      for (const [name, gradient] of Object.entries(model.trainable()).map(
        ([name, { name: key }]) => [name, grads[key]!] as const,
      )) {
        if (name === 'output.bias') continue;
        expect([...(await gradient.data())].some(Number.isNaN), name).toBe(true);
      }
    },
  );
});

it.each([7, Number.NaN, Number.POSITIVE_INFINITY])(
  'ignores padding of %d, also in gradients',
  async (anything) => {
    const model = createModel(layers.attention({ features: 4, heads: 2 }), { seed: 3 });
    const query = tf.randomNormal([2, 3, 4], 0, 1, 'float32', 1);
    const mask = tf.tensor2d([true, false, true, false], [2, 2], 'bool');
    const tokens = tf.randomNormal([2, 1, 4], 0, 1, 'float32', 2);
    const convolve = (padding: number) => {
      const key = tf.concat([tokens, tf.fill([2, 1, 4], padding)], 1);
      const { value, grads } = tf.variableGrads(
        () => tf.sum(tf.square(model.apply({ query, key, mask }, { training: true }))) as tf.Scalar,
      );
      const ofKey = tf.grad((key: tf.Tensor) => model.predict({ query, key, mask }))(key);
      return [value, ...Object.values(grads), ofKey];
    };
    const [found, wanted] = [convolve(anything), convolve(0)];
    for (const [i, tensor] of found.entries()) {
      expect((await tensor.data()).every(Number.isFinite)).toBe(true);
      await expectClose(tensor, wanted[i]!);
    }
    model.dispose();
  },
);

describe.each([
  ['', {}],
  [' with relu', { activation: relu }],
  [' without bias', { bias: false }],
  [' dilated', { dilations: 2 }],
])('conv2d({ winograd: false })%s', (_, options) => {
  const channels = { inChannels: 16, outChannels: 16, kernelSize: 3, ...options };
  const shape = [8, 24, 24, 16];
  const rng = createRng(4);
  const [values, slopes] = [0, 1].map(() => rng.fillNormal(new Float32Array(8 * 24 * 24 * 16)));
  /** The same with a large value at the first pixel of every image. */
  const spoiled = (values: Float32Array) =>
    tf.tensor(
      values.map((v, i) => (i % (24 * 24 * 16) === 0 ? 1e4 : v)),
      shape,
    );
  // In the same tile as the first pixel, but independent of it.
  const at = 'dilations' in options ? 6 : 3;
  const near = (t: tf.Tensor) => tf.slice(t, [0, at, at, 0], [8, 1, 1, 16]).data();

  it('depends only on the terms of each sum, forward and backward', async () => {
    const direct = createModel(layers.conv2d({ ...channels, winograd: false }), { seed: 1 });
    const [x, dy] = [tf.tensor(values!, shape), tf.tensor(slopes!, shape)];
    const gradient = tf.grad((x: tf.Tensor) => direct.predict(x));
    expect(await near(direct.predict(spoiled(values!)))).toEqual(await near(direct.predict(x)));
    expect(await near(gradient(x, spoiled(slopes!)))).toEqual(await near(gradient(x, dy)));
    // The second derivative by dy and x: a convolution of v.
    const second = (v: tf.Tensor) =>
      tf.grad((dy: tf.Tensor) => tf.sum(tf.mul(gradient(x!, dy), v)) as tf.Scalar)(dy!);
    expect(await near(second(spoiled(values!)))).toEqual(await near(second(x!)));
    // Close to the result with Winograd.
    const usual = createModel(layers.conv2d(channels), { seed: 1 });
    await expectClose(usual.predict(x), direct.predict(x), { absolute: 2e-5 });
  });
});

describe.each([
  ['', {}],
  [' with relu', { activation: relu }],
  [' without bias', { bias: false }],
  [' dilated', { dilations: 2 }],
])('conv2d({ winograd: false })%s', (_, options) => {
  it('has the second derivatives of sums of matrix products', async () => {
    const [shape, d] = [[2, 12, 12, 16], 'dilations' in options ? 2 : 1];
    const layer = { inChannels: 16, outChannels: 16, kernelSize: 3, winograd: false, ...options };
    const model = createModel(layers.conv2d(layer), { seed: 1 });
    const { kernel, bias } = model.params;
    const composed = (x: tf.Tensor, kernel: tf.Tensor) => {
      const padded = tf.pad(x, [[0, 0], [d, d], [d, d], [0, 0]]); // biome-ignore format: one axis after another
      const taps = Array.from({ length: 9 }, (_, tap) => {
        const [i, j] = [Math.floor(tap / 3), tap % 3];
        const pixels = tf.reshape(tf.slice(padded, [0, d * i, d * j, 0], shape), [-1, 16]);
        return tf.matMul(pixels, tf.reshape(tf.slice(kernel, [i, j, 0, 0], [1, 1, 16, 16]), [16, 16]));
      });
      const y = tf.reshape(tf.addN(taps), shape);
      const biased = bias ? tf.add(y, bias) : y;
      return 'activation' in options ? tf.relu(biased) : biased;
    };
    const layered = (x: tf.Tensor, kernel: tf.Tensor) =>
      toLayer(layers.conv2d(layer)).apply({ ...model.params, kernel } as never, x, { training: true });
    const rng = createRng(5);
    const [x, v, w] = [shape, shape, kernel.shape].map((size) =>
      tf.tensor(rng.fillNormal(new Float32Array(tf.util.sizeFromShape(size))), size),
    );
    // Products of the second derivatives of Σ y² with v and w.
    const start = tf.tensor(await kernel.data(), kernel.shape);
    const second = (f: typeof composed) =>
      tf.grads((x: tf.Tensor, kernel: tf.Tensor) => {
        const [dx, dk] = tf.grads((x: tf.Tensor, kernel: tf.Tensor) => tf.mean(tf.square(f(x, kernel))))([
          x,
          kernel,
        ]);
        return tf.add(tf.sum(tf.mul(dx!, v!)), tf.sum(tf.mul(dk!, w!))) as tf.Scalar;
      })([x!, start]);
    const [found, expected] = [second(layered), second(composed)];
    for (const i of [0, 1]) await expectClose(found[i]!, expected[i]!, { absolute: 1e-5, relative: 1e-4 });
  });
});

describe('activations by value', () => {
  const square = (x: tf.Tensor) => tf.square(x);
  it.each<[string, (activation?: (x: tf.Tensor) => tf.Tensor) => LayerLike, number[]]>([
    ['dense', (activation) => layers.dense({ inFeatures: 3, outFeatures: 2, activation }), [4, 3]],
    [
      'conv2d',
      (activation) => layers.conv2d({ inChannels: 2, outChannels: 2, kernelSize: 3, activation }),
      [1, 4, 4, 2],
    ],
    [
      'depthwiseConv2d',
      (activation) => layers.depthwiseConv2d({ channels: 2, kernelSize: 3, activation }),
      [1, 4, 4, 2],
    ],
    [
      'conv1d',
      (activation) => layers.conv1d({ inChannels: 2, outChannels: 2, kernelSize: 3, activation }),
      [1, 4, 2],
    ],
    [
      'conv2d in groups',
      (activation) => layers.conv2d({ inChannels: 4, outChannels: 4, kernelSize: 3, groups: 2, activation }),
      [1, 4, 4, 4],
    ],
    [
      'conv2dTranspose',
      (activation) => layers.conv2dTranspose({ inChannels: 2, outChannels: 2, kernelSize: 3, activation }),
      [1, 4, 4, 2],
    ],
    [
      'conv3d',
      (activation) => layers.conv3d({ inChannels: 2, outChannels: 2, kernelSize: 2, activation }),
      [1, 3, 3, 3, 2],
    ],
    [
      'separableConv2d',
      (activation) => layers.separableConv2d({ inChannels: 2, outChannels: 2, kernelSize: 3, activation }),
      [1, 4, 4, 2],
    ],
    ['batchNorm', (activation) => layers.batchNorm({ channels: 3, activation }), [4, 3]],
  ])('%s accepts any function', async (_, make, shape) => {
    const x = tf.randomNormal(shape, 0, 1, 'float32', 4);
    for (const activation of [square, tf.sin, relu, gelu, silu]) {
      for (const training of [true, false]) {
        const y = createModel(make(activation)).apply(x, { training });
        await expectClose(y, activation(createModel(make()).apply(x, { training })), { absolute: 2e-6 });
      }
    }
  });

  it('fuses a supported one into batch norm', async () => {
    const model = createModel(layers.batchNorm({ channels: 3, activation: gelu }));
    const x = tf.randomNormal([4, 3], 0, 1, 'float32', 4);
    const kernels = await kernelRuns(() => model.apply(x, { training: true }));
    const fuses = tf.getKernel('BatchNormActivation', tf.getBackend()) !== undefined;
    expect(kernels.BatchNormActivation).toBe(fuses ? 1 : undefined);
  });
});

describe('errors about options', () => {
  const factories: { [name: string]: object } = {
    attention: { features: 8, heads: 2 },
    batchNorm: { channels: 2 },
    conv1d: { inChannels: 2, outChannels: 2, kernelSize: 1, groups: 1 },
    conv2d: { inChannels: 2, outChannels: 2, kernelSize: 1, groups: 1 },
    conv1dTranspose: { inChannels: 2, outChannels: 2, kernelSize: 1, groups: 1 },
    conv2dTranspose: { inChannels: 2, outChannels: 2, kernelSize: 1, groups: 1 },
    conv3d: { inChannels: 2, outChannels: 2, kernelSize: 1, groups: 1 },
    dense: { inFeatures: 2, outFeatures: 2 },
    depthwiseConv2d: { channels: 2, kernelSize: 1, multiplier: 1 },
    groupNorm: { channels: 2, groups: 1 },
    gru: { inFeatures: 2, units: 2 },
    layerNorm: { features: 2 },
    learnedPositions: { tokens: 2, features: 2 },
    localitySelfAttention: { features: 8, heads: 2 },
    lstm: { inFeatures: 2, units: 2 },
    multiHeadAttention: { features: 8, heads: 2 },
    separableConv2d: { inChannels: 2, outChannels: 2, kernelSize: 1, multiplier: 1 },
    patchEmbedding: { patchSize: 2, inChannels: 1, features: 2 },
    shiftedPatchEmbedding: { patchSize: 2, inChannels: 1, features: 2 },
    sinCosPositions2d: { height: 2, width: 2, features: 8 },
  };
  const numbers = [1, 2, 3, 7, 65_536, 2 ** 31 - 1];
  const factory = layers as unknown as { [name: string]: (options: object) => LayerLike };

  it.each(Object.entries(factories))('of %s name it and its own options', (name, given) => {
    const changes = Object.keys(given).flatMap((option) => numbers.map((value) => ({ [option]: value })));
    const wrong = changes
      .flatMap((first) => changes.map((second) => ({ ...given, ...first, ...second })))
      .map((options) => {
        try {
          factory[name]!(options);
          return '';
        } catch (error) {
          return (error as Error).message;
        }
      })
      .filter((message) => message !== '' && !message.startsWith(`${name}: `));
    expect([...new Set(wrong)]).toEqual([]);
  });

  it('and of a parameter that is too large name its place and shape', () => {
    const wide = sequential({ head: layers.dense({ inFeatures: 2 ** 20, outFeatures: 2 ** 20 }) });
    expect(() => createModel(wide)).toThrow(
      /^head: parameter: the shape \[1048576,1048576\] has 1099511627776 values; give smaller sizes/,
    );
  });
});

describe('an activation that does not keep the shape', () => {
  const options = { activation: activationExports.glu as never };
  const image = tf.zeros([1, 4, 4, 2]);
  it.each<[string, LayerLike, tf.Tensor]>([
    ['dense', layers.dense({ inFeatures: 2, outFeatures: 4, ...options }), tf.zeros([1, 2])],
    ['conv2d', layers.conv2d({ inChannels: 2, outChannels: 4, kernelSize: 3, ...options }), image],
    ['depthwiseConv2d', layers.depthwiseConv2d({ channels: 2, kernelSize: 3, ...options }), image],
    [
      'conv1d',
      layers.conv1d({ inChannels: 2, outChannels: 4, kernelSize: 3, ...options }),
      tf.zeros([1, 4, 2]),
    ],
    [
      'conv3d',
      layers.conv3d({ inChannels: 2, outChannels: 4, kernelSize: 1, ...options }),
      tf.zeros([1, 2, 2, 2, 2]),
    ],
    [
      'separableConv2d',
      layers.separableConv2d({ inChannels: 2, outChannels: 4, kernelSize: 3, ...options }),
      image,
    ],
    ['batchNorm', layers.batchNorm({ channels: 2, ...options }), image],
  ])('is named by %s', async (name, layer, x) => {
    const model = createModel(layer);
    await expectNoLeaks(() => {
      for (const training of [false, true]) {
        expect(() => model.apply(x, { training })).toThrow(
          new RegExp(
            `^${name}: activation glu returned a tensor of shape \\[[\\d,]+\\] for one of shape \\[[\\d,]+\\]; give a function that keeps the shape`,
          ),
        );
      }
    });
    const none = createModel(layers.dense({ inFeatures: 2, outFeatures: 4, activation: () => 5 as never }));
    expect(() => none.predict(tf.zeros([1, 2]))).toThrow(
      /^dense: activation activation returned 5 for one of shape/,
    );
  });
});
