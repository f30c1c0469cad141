import { createRng } from '@tenfold/random';
import { checkGradient, executed, expectClose, expectNoLeaks, golden } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as layers from './index';
import {
  countFlops,
  createModel,
  type Layer,
  type LayerLike,
  type Model,
  type Params,
  toLayer,
} from './index';
import * as initializerExports from './initializers';

// What is no layer, or holds others and is tested beside its file.
const others = [
  'assignParameters',
  'block',
  'countFlops',
  'countParameters',
  'createModel',
  'flattenParams',
  'loadSafetensors',
  'saveSafetensors',
  'sequential',
  'toLayer',
];
const initializers = Object.keys(initializerExports);
const plain: Record<string, LayerLike> = {
  flatten: layers.flatten,
  globalAveragePool: layers.globalAveragePool,
};

interface Values {
  shape: number[];
  values: number[];
}
interface Case {
  layer: string;
  options: object;
  training: boolean;
  params: Record<string, Values>;
  x: Values;
  y: Values;
  dy: Values;
  dx: Values;
  gradients: Record<string, Values>;
  after: Record<string, Values>;
}
const cases = golden<Case[]>(new URL('../goldens/layers.json', import.meta.url));

// WGSL allows exp an error of 3 + 2|x| units in the last place, and softmax's gradients cancel to 0 in key.bias.
const rounding = tf.getBackend() === 'webgpu' ? 4 : 1;

type Factory = (options: object) => LayerLike;
const make = ({ layer, options }: { layer: string; options: object }): LayerLike =>
  plain[layer] ?? (layers as unknown as Record<string, Factory>)[layer]!(options);
const toTensor = ({ values, shape }: Values) => tf.tensor(values, shape);

it('has goldens for every layer', () => {
  const names = Object.keys(layers).filter((name) => ![...others, ...initializers].includes(name));
  expect([...new Set(cases.map((c) => c.layer))].sort()).toEqual(names.sort());
});

/** The loss's value is the output; gradients of the input and of what is trained come back by name, the input's as ''. */
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
      const given = Object.fromEntries(Object.entries(c.params).map(([name, v]) => [name, toTensor(v)]));
      layers.assignParameters(model, given);
    });
    afterEach(() => model.dispose());

    it("has PyTorch's values", async () => {
      const y = model.apply(toTensor(c.x), { training: c.training });
      expect(y.shape).toEqual(c.y.shape);
      expect(y.dtype).toBe('float32');
      await expectClose(y, c.y.values, { absolute: tolerance(c.y), relative: 2e-5 });
    });

    it("has PyTorch's gradients, and running statistics", async () => {
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

// Sums of many float32 terms are accurate relative to the largest of the results.
const tolerance = ({ values }: Values): number =>
  2e-5 * Math.max(0.5, ...values.map((v) => Math.min(Math.abs(v), 1e3)));

// One small layer of each kind for what every layer has to keep.
const samples: Record<string, { layer: () => LayerLike; shape: number[]; output: number[]; step?: number }> =
  {
    averagePool2d: { layer: () => layers.averagePool2d(), shape: [2, 4, 5, 3], output: [2, 2, 2, 3] },
    batchNorm: { layer: () => layers.batchNorm({ channels: 3 }), shape: [4, 2, 2, 3], output: [4, 2, 2, 3] },
    'batchNorm activated': {
      layer: () => layers.batchNorm({ channels: 3, activation: 'gelu' }),
      shape: [4, 2, 2, 3],
      output: [4, 2, 2, 3],
    },
    'bidirectional lstm': {
      layer: () => layers.bidirectional({ cell: 'lstm', inFeatures: 3, units: 2 }),
      shape: [2, 4, 3],
      output: [2, 4, 4],
    },
    bidirectional: {
      layer: () => layers.bidirectional({ cell: 'gru', inFeatures: 3, units: 2 }),
      shape: [2, 4, 3],
      output: [2, 4, 4],
    },
    conv2d: {
      layer: () => layers.conv2d({ inChannels: 2, outChannels: 3, kernelSize: 3, strides: 2 }),
      shape: [2, 5, 4, 2],
      output: [2, 3, 2, 3],
    },
    'conv2d dilated': {
      layer: () => layers.conv2d({ inChannels: 2, outChannels: 3, kernelSize: 2, dilations: [2, 3] }),
      shape: [2, 5, 4, 2],
      output: [2, 5, 4, 3],
    },
    'conv2d activated': {
      layer: () => layers.conv2d({ inChannels: 2, outChannels: 3, kernelSize: 3, activation: 'silu' }),
      shape: [2, 5, 4, 2],
      output: [2, 5, 4, 3],
    },
    'dense activated': {
      layer: () => layers.dense({ inFeatures: 3, outFeatures: 4, activation: 'gelu' }),
      shape: [2, 5, 3],
      output: [2, 5, 4],
    },
    dense: {
      layer: () => layers.dense({ inFeatures: 3, outFeatures: 4 }),
      shape: [2, 5, 3],
      output: [2, 5, 4],
    },
    depthwiseConv2d: {
      layer: () => layers.depthwiseConv2d({ channels: 2, kernelSize: 3, multiplier: 2 }),
      shape: [2, 4, 4, 2],
      output: [2, 4, 4, 4],
    },
    dropPath: { layer: () => layers.dropPath({ rate: 0.4 }), shape: [3, 4, 2], output: [3, 4, 2] },
    dropout: { layer: () => layers.dropout({ rate: 0.4 }), shape: [3, 4], output: [3, 4] },
    flatten: { layer: () => layers.flatten, shape: [2, 3, 4], output: [2, 12] },
    globalAveragePool: { layer: () => layers.globalAveragePool, shape: [2, 3, 4, 5], output: [2, 5] },
    gru: { layer: () => layers.gru({ inFeatures: 3, units: 4 }), shape: [2, 5, 3], output: [2, 4] },
    'gru all': {
      layer: () => layers.gru({ inFeatures: 3, units: 2, output: 'all' }),
      shape: [2, 5, 3],
      output: [2, 5, 2],
    },
    layerNorm: {
      layer: () => layers.layerNorm({ features: 6 }),
      shape: [2, 3, 6],
      output: [2, 3, 6],
      step: 0.03,
    },
    learnedPositions: {
      layer: () => layers.learnedPositions({ tokens: 3, features: 4 }),
      shape: [2, 3, 4],
      output: [2, 3, 4],
    },
    localitySelfAttention: {
      layer: () => layers.localitySelfAttention({ features: 6, heads: 2 }),
      shape: [2, 4, 6],
      output: [2, 4, 6],
    },
    lstm: {
      layer: () => layers.lstm({ inFeatures: 3, units: 4, output: 'mean', forgetBias: 1 }),
      shape: [2, 5, 3],
      output: [2, 4],
    },
    'lstm all': {
      layer: () => layers.lstm({ inFeatures: 3, units: 2, output: 'all' }),
      shape: [2, 5, 3],
      output: [2, 5, 2],
    },
    maxPool2d: { layer: () => layers.maxPool2d(), shape: [1, 4, 4, 2], output: [1, 2, 2, 2], step: 1e-2 },
    multiHeadAttention: {
      layer: () => layers.multiHeadAttention({ features: 6, heads: 2 }),
      shape: [2, 4, 6],
      output: [2, 4, 6],
    },
    patchEmbedding: {
      layer: () => layers.patchEmbedding({ patchSize: 2, inChannels: 3, features: 5 }),
      shape: [2, 4, 6, 3],
      output: [2, 6, 5],
    },
    shiftedPatchEmbedding: {
      layer: () => layers.shiftedPatchEmbedding({ patchSize: 2, inChannels: 3, features: 5 }),
      shape: [2, 4, 6, 3],
      output: [2, 6, 5],
      step: 0.03,
    },
    sinCosPositions2d: {
      layer: () => layers.sinCosPositions2d({ height: 2, width: 2, features: 8 }),
      shape: [2, 4, 8],
      output: [2, 4, 8],
    },
  };

it('has a sample of every layer', () => {
  const names = Object.keys(layers).filter((name) => ![...others, ...initializers].includes(name));
  expect([...new Set(Object.keys(samples).map((name) => name.split(' ')[0]))].sort()).toEqual(names.sort());
});

describe.each(Object.entries(samples))('%s', (name, { layer, shape, output, step }) => {
  const model = createModel(layer(), { seed: 3 });
  const context = (training: boolean) => ({ training, rng: createRng(5) });
  const x = tf.tensor(createRng(2).fillNormal(new Float32Array(tf.util.sizeFromShape(shape))), shape);

  it('gives the shape and the dtype it says, in training and afterwards, and for a batch of 1', () => {
    for (const training of [true, false]) {
      const y = model.apply(x, context(training));
      expect([y.shape, y.dtype]).toEqual([output, 'float32']);
    }
    expect(model.predict(tf.slice(x, 0, 1)).shape).toEqual([1, ...output.slice(1)]);
  });

  it('passes NaN through', async () => {
    const y = await model.predict(tf.fill(shape, Number.NaN)).data();
    // tfjs's maximum of NaN alone is −∞, on webgpu −1e20, which are no numbers to go on with either.
    const lost = name === 'maxPool2d' ? (v: number) => !(Math.abs(v) < 1e19) : Number.isNaN;
    expect([...y].every(lost)).toBe(true);
  });

  it.each([true, false])(
    'has the gradients that finite differences find (training: %s)',
    async (training) => {
      const names = Object.keys(model.trainable());
      const whole = toLayer(layer());
      const f = (x: tf.Tensor, ...values: tf.Tensor[]) =>
        whole.apply(replace(model.params, names, values), x, context(training));
      await checkGradient(f, [x, ...Object.values(model.trainable())], { step, tolerance: 2e-3 });
    },
  );

  it('leaks nothing over 50 steps of training', async () => {
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
      for (let i = 1; i <= 50; i++) oneStep(i);
    });
    await expectNoLeaks(() => trained.predict(x));
    const left = tf.memory().numTensors - Object.keys(trained.parameters()).length;
    trained.dispose();
    expect(tf.memory().numTensors).toBe(left);
  });

  it('begins with the same parameters for the same seed, and others for another', async () => {
    const values = async (seed: number) => {
      const parameters = Object.values(createModel(layer(), { seed }).parameters());
      return (await Promise.all(parameters.map((v) => v.data()))).map((v) => v.join());
    };
    expect(await values(3)).toEqual(await values(3));
    if (/kernel|embedding/.test(Object.keys(model.parameters()).join())) {
      expect(await values(4)).not.toEqual(await values(3));
    }
  });

  it('says the floating-point operations that it executes', async () => {
    const one = tf.zeros([1, ...shape.slice(1)]);
    expect(countFlops(model, shape.slice(1)).total).toBe((await executed(() => model.predict(one))).flops);
  });

  it('refuses an input that does not fit', () => {
    const wrong = tf.zeros([2, 7]);
    if (/^(dropPath|dropout|flatten|globalAveragePool)/.test(name))
      expect(() => model.predict(wrong)).not.toThrow();
    else expect(() => model.predict(wrong)).toThrow(/^\w+: the input has shape \[2,7\].*(give|must)/);
  });
});

/** The parameters with others in the place of those named. */
function replace(params: Params, names: string[], values: tf.Tensor[], prefix = ''): Params {
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => {
      const name = prefix + key;
      if (!(value instanceof tf.Variable)) return [key, replace(value, names, values, `${name}.`)];
      return [key, names.includes(name) ? (values[names.indexOf(name)] as tf.Variable) : value];
    }),
  );
}

describe('a gradient that nothing needs', () => {
  const convolutions = (trainable: boolean): Layer =>
    layers.sequential({
      first: layers.conv2d({ inChannels: 3, outChannels: 4, kernelSize: 2, trainable }),
      second: layers.conv2d({ inChannels: 4, outChannels: 2, kernelSize: 2 }),
    });
  const backward = async (layer: LayerLike, shape: number[]) => {
    const model = createModel(layer);
    const x = tf.ones(shape);
    const { kernels } = await executed(
      () =>
        tf.variableGrads(
          () => tf.sum(model.apply(x, { training: true })) as tf.Scalar,
          Object.values(model.trainable()),
        ).grads,
    );
    return kernels;
  };

  it('is not computed: not the image’s, not a frozen kernel’s', async () => {
    const trained = await backward(convolutions(true), [1, 4, 4, 3]);
    expect([trained.Conv2DBackpropInput, trained.Conv2DBackpropFilter]).toEqual([1, 2]);
    const frozen = await backward(convolutions(false), [1, 4, 4, 3]);
    expect([frozen.Conv2DBackpropInput, frozen.Conv2DBackpropFilter]).toEqual([1, 1]);
  });

  it('is not computed with a bias and relu in the convolution either', async () => {
    const one = layers.conv2d({ inChannels: 3, outChannels: 4, kernelSize: 2, activation: 'relu' });
    const counts = await backward(one, [1, 4, 4, 3]);
    expect([counts.FusedConv2D, counts.Conv2DBackpropFilter]).toEqual([1, 1]);
    expect([counts.Conv2DBackpropInput, counts.Conv2D]).toEqual([undefined, undefined]);
  });

  it('is not computed for the input of the first dense layer', async () => {
    const model = layers.sequential([layers.dense({ inFeatures: 3, outFeatures: 2 })]);
    const { _FusedMatMul: forward, BatchMatMul: gradients } = await backward(model, [4, 3]);
    expect([forward, gradients]).toEqual([1, 1]); // y, and dW alone
  });
});

describe('bad options', () => {
  it.each<[() => unknown, RegExp]>([
    [
      () => layers.batchNorm({ channels: 1, activation: 'swish' as 'silu' }),
      /batchNorm: activation is "swish"; give one of 'none', 'relu', 'silu', 'gelu', 'geluTanh'/,
    ],
    [() => layers.dense({ inFeatures: 0, outFeatures: 1 }), /dense: inFeatures is 0; give an integer/],
    [
      () => layers.conv2d({ inChannels: 1, outChannels: 1, kernelSize: [3, 1.5] }),
      /conv2d: kernelSize \(width\) is 1.5/,
    ],
    [
      () => layers.conv2d({ inChannels: 1, outChannels: 1, kernelSize: 3, strides: 2, dilations: 2 }),
      /conv2d: strides are \[2,2\] and dilations \[2,2\]; only one/,
    ],
    [
      () => layers.depthwiseConv2d({ channels: 1, kernelSize: 3, strides: [1, 0] }),
      /depthwiseConv2d: strides \(right\) is 0/,
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
      () => layers.bidirectional({ cell: 'elman' as 'gru', inFeatures: 1, units: 1 }),
      /bidirectional: cell is "elman"; give 'lstm' or 'gru'/,
    ],
    [
      () => layers.shiftedPatchEmbedding({ patchSize: 3, inChannels: 3, features: 1 }),
      /shiftedPatchEmbedding: patchSize is 3; give an even number/,
    ],
    [() => layers.dropPath({ rate: 1 }), /dropPath: rate is 1; give a number in \[0, 1\)/],
    [
      () => createModel(layers.dropPath({ rate: 0.5 })).apply(tf.zeros([1]), { training: true }),
      /dropPath: a training pass needs the rng/,
    ],
    [() => layers.lstm({ inFeatures: 1, units: -1 }), /lstm: units is -1/],
    [() => layers.gru({ inFeatures: 1, units: 1, output: 'first' as 'last' }), /gru: output is "first"/],
    [
      () => layers.sinCosPositions2d({ height: 1, width: 1, features: 6 }),
      /features is 6; give a multiple of 4/,
    ],
    [() => layers.maxPool2d({ poolSize: 0 }), /maxPool2d: poolSize \(height\) is 0/],
    [
      () => createModel(layers.dropout({ rate: 1 })).apply(tf.zeros([1]), { training: true }),
      /dropout: rate is 1/,
    ],
    [
      () => createModel(layers.dropout({ rate: 0.5 })).apply(tf.zeros([1]), { training: true }),
      /dropout: no rng/,
    ],
    [
      () => createModel(layers.lstm({ inFeatures: 2, units: 1 })).predict(tf.zeros([1, 0, 2])),
      /lstm: the input has shape \[1,0,2\]; give sequences/,
    ],
  ])('are refused with what to do', (call, message) => {
    expect(call).toThrow(message);
  });
});

it('drops whole examples of a branch, and keeps their mean', async () => {
  const model = createModel(layers.dropPath({ rate: 0.25 }));
  const rng = createRng(4);
  const y = await model.apply(tf.ones([4000, 3]), { training: true, rng }).data();
  const rows = Array.from({ length: 4000 }, (_, i) => [...y.slice(3 * i, 3 * i + 3)]);
  for (const row of rows) expect([0, Math.fround(4 / 3)]).toContain(row[0]);
  expect(rows.every((row) => row[0] === row[1] && row[1] === row[2])).toBe(true);
  expect(rows.filter((row) => row[0] === 0).length / 4000).toBeCloseTo(0.25, 1.5);
});

it('begins with the sharpness of other attention, and attends to others alone', async () => {
  const model = createModel(layers.localitySelfAttention({ features: 6, heads: 2 }));
  await expectClose(model.parameters()['temperature.scale']!, [1 / Math.sqrt(3), 1 / Math.sqrt(3)]);
  const given: [boolean, number[]][] = [];
  const x = tf.randomNormal([1, 3, 6], 0, 1, 'float32', 3);
  const y = model.apply(x, {
    training: false,
    onAttention: (query, _, __, toItself) => void given.push([toItself, query.shape]),
  });
  expect(given).toEqual([[false, [1, 3, 6]]]);
  // Of two tokens each takes the value of the other, whatever the scores.
  const pair = tf.slice(x, [0, 0, 0], [1, 2, 6]);
  const [one, two] = tf.split(model.predict(pair), 2, 1);
  const [first, second] = tf.split(model.predict(tf.reverse(pair, 1)), 2, 1);
  await expectClose(one!, second!);
  await expectClose(two!, first!);
  expect(y.shape).toEqual([1, 3, 6]);
});

it('tells of the queries and keys of every attention, and changes nothing by it', async () => {
  const attention = () => layers.multiHeadAttention({ features: 6, heads: 2 });
  const model = createModel(layers.sequential([attention(), attention()]), { seed: 3 });
  const x = tf.tensor(createRng(1).fillNormal(new Float32Array(48)), [2, 4, 6]);
  const told: tf.Tensor[] = [];
  const y = model.apply(x, {
    training: false,
    onAttention(query, key, heads) {
      expect([query.shape, key.shape, heads]).toEqual([[2, 4, 6], [2, 4, 6], 2]);
      told.push(tf.keep(tf.clone(query)), tf.keep(tf.clone(key)));
    },
  });
  const parameters = model.parameters() as { [name: string]: tf.Tensor };
  const rows = tf.reshape(x, [8, 6]) as tf.Tensor2D;
  for (const [i, part] of ['query', 'key'].entries()) {
    const product = tf.matMul(rows, parameters[`0.${part}.kernel`] as tf.Tensor2D);
    await expectClose(told[i]!, tf.reshape(tf.add(product, parameters[`0.${part}.bias`]!), [2, 4, 6]));
  }
  expect(told).toHaveLength(4);
  const plain = model.predict(x);
  expect(await y.data()).toEqual(await plain.data());
});
