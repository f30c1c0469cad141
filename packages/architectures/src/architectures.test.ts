import {
  assignParameters,
  countFlops,
  countParameters,
  createModel,
  type Layer,
  type Model,
} from '@tenfold/layers';
import { sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { createRng } from '@tenfold/random';
import { expectClose, expectNoLeaks, goldens, kernelRuns } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as architectures from './index';
import { airbench, mlp, reNet, rowRnn, vit, vitHybrid } from './index';

interface Values {
  shape: number[];
  values: number[];
}
interface Case {
  name: string;
  options: object;
  params: Record<string, Values>;
  x: Values;
  labels: number[];
  logits: Values;
  gradients: Record<string, Values>;
  learningRate: number;
  losses: number[];
  predicted: Values;
}
// Every export except parts of networks has golden values.
const names = Object.keys(architectures).filter(
  (name) => !['transformerBlock', 'computeWhiteningFilters'].includes(name),
);
const files = goldens<Case[]>(new URL('../goldens/', import.meta.url));
const cases = names.flatMap((name) => files[name] ?? []);
const toTensor = ({ values, shape }: Values) => tf.tensor(values, shape);

it('has golden values for every architecture', () => {
  expect(names.filter((name) => !files[name]?.length)).toEqual([]);
});

const build = architectures as unknown as Record<string, (options: object) => Layer>;
const training = { training: true, rng: createRng(1) };

/** The mean loss with label smoothing 0.2, and the gradients by the parameters' names. */
function lossAndGradients(model: Model, x: tf.Tensor, labels: number[]) {
  const trained = model.trainable();
  const { value, grads } = tf.variableGrads(
    () =>
      sparseSoftmaxCrossEntropy(tf.tensor(labels, undefined, 'int32'), model.apply(x, training), {
        labelSmoothing: 0.2,
      }) as tf.Scalar,
    Object.values(trained),
  );
  const gradients = Object.fromEntries(Object.entries(trained).map(([name, v]) => [name, grads[v.name]!]));
  return { loss: value, gradients };
}

function sgdStep(model: Model, gradients: tf.NamedTensorMap, learningRate: number): void {
  for (const [name, variable] of Object.entries(model.trainable())) {
    tf.tidy(() => variable.assign(tf.sub(variable, tf.mul(gradients[name]!, learningRate))));
  }
}

describe.each(cases.map((c, i) => [`${i} ${c.name} ${JSON.stringify(c.options)}`, c] as const))(
  '%s',
  (_, c) => {
    const start = (): Model => {
      const model = createModel(build[c.name]!(c.options));
      const given = Object.fromEntries(Object.entries(c.params).map(([name, v]) => [name, toTensor(v)]));
      assignParameters(model, given);
      return model;
    };

    it("has PyTorch's logits, loss and gradients", async () => {
      await expectClose(start().apply(toTensor(c.x), training), toTensor(c.logits), {
        absolute: 1e-5,
        relative: 1e-4,
      });
      const { loss, gradients } = lossAndGradients(start(), toTensor(c.x), c.labels);
      await expectClose(loss, c.losses[0]!, { relative: 1e-5 });
      expect(Object.keys(gradients).sort()).toEqual(Object.keys(c.gradients).sort());
      for (const [name, expected] of Object.entries(c.gradients)) {
        const largest = Math.max(...expected.values.map(Math.abs));
        await expectClose(gradients[name]!, toTensor(expected), {
          absolute: 1e-6 + 2e-5 * largest,
          relative: 1e-3,
          label: name,
        });
      }
    });

    it("has PyTorch's losses over ten steps of SGD, and then its predictions", async () => {
      const model = start();
      const x = toTensor(c.x);
      const losses: number[] = [];
      for (const _ of c.losses) {
        const { loss, gradients } = lossAndGradients(model, x, c.labels);
        losses.push((await loss.data())[0]!);
        sgdStep(model, gradients, c.learningRate);
      }
      await expectClose(losses, c.losses, { relative: 5e-5, label: 'loss of step' });
      await expectClose(model.predict(x), toTensor(c.predicted), { absolute: 2e-4, relative: 1e-3 });
    });

    it('leaks nothing in training', async () => {
      const model = start();
      const x = toTensor(c.x);
      await expectNoLeaks(() => {
        for (let i = 0; i < 3; i++) {
          const { loss, gradients } = lossAndGradients(model, x, c.labels);
          sgdStep(model, gradients, 0.1);
          tf.dispose([loss, gradients]);
        }
      });
    });
  },
);

// Multiply-adds per image and trained parameters, computed by hand.
const square = (n: number) => n * n;
const cnnMacs = (a: number, b: number, c: number) =>
  31 * 31 * 12 * 24 + // whiten
  9 * (31 * 31 * 24 * a + 15 * 15 * a * a) +
  9 * (15 * 15 * a * b + 7 * 7 * b * b) +
  9 * (7 * 7 * b * c + 3 * 3 * c * c) +
  c * 10;
const cnnParameters = (a: number, b: number, c: number) =>
  24 + 9 * (24 * a + a * a + a * b + b * b + b * c + c * c) + 2 * (a + b + c) + 10 * c;
// Four projections, two products with all tokens, two dense layers.
const blockMacs = (tokens: number, d: number, mlp: number) =>
  tokens * (4 * d * d + 2 * tokens * d + 2 * d * mlp);
const blockParameters = (d: number, mlp: number) => 4 * (d * d + d) + 2 * d * mlp + mlp + d + 4 * d;

describe.each<[string, () => Layer, number, number]>([
  ['airbench', () => airbench(), cnnMacs(64, 128, 128), cnnParameters(64, 128, 128)],
  [
    'airbench 64, 256, 256',
    () => airbench({ widths: [64, 256, 256] }),
    cnnMacs(64, 256, 256),
    cnnParameters(64, 256, 256),
  ],
  [
    'mlp',
    () => mlp(),
    3072 * 2048 + square(2048) + 2048 * 1024 + 1024 * 10,
    3073 * 2048 + 2049 * 2048 + 2049 * 1024 + 1025 * 10 + 2 * (2048 + 2048 + 1024),
  ],
  [
    'vit',
    () => vit(),
    64 * 48 * 128 + 6 * blockMacs(64, 128, 256) + 128 * 10,
    49 * 128 + 6 * blockParameters(128, 256) + 256 + 129 * 10,
  ],
  [
    'vitHybrid',
    () => vitHybrid(),
    31 * 31 * 12 * 24 +
      9 * (31 * 31 * 24 * 64 + 15 * 15 * 64 * 64 + 15 * 15 * 64 * 128) +
      49 * 128 * 128 +
      4 * blockMacs(49, 128, 256) +
      128 * 10,
    24 +
      9 * (24 * 64 + 64 * 64 + 64 * 128) +
      (64 + 64 + 128) +
      129 * 128 +
      49 * 128 +
      4 * blockParameters(128, 256) +
      256 +
      1290,
  ],
  [
    'rowRnn',
    () => rowRnn(),
    32 * 96 * 1024 + 31 * 256 * 1024 + 512 * 10,
    96 * 1024 + 1024 + 256 * 1024 + 513 * 10,
  ],
  [
    'vit with shifted tokens and attention by locality',
    () => vit({ width: 192, depth: 9, heads: 12, mlpWidth: 384, tokens: 'shifted', attention: 'locality' }),
    64 * 240 * 192 + 9 * blockMacs(64, 192, 384) + 192 * 10,
    480 + 241 * 192 + 9 * (blockParameters(192, 384) + 12) + 384 + 1930,
  ],
  [
    'reNet',
    () => reNet(),
    64 * 48 * 192 + 4 * 2 * 64 * 3 * (192 * 96 + (7 / 8) * 96 * 96) + 192 * 10,
    49 * 192 + 4 * (384 + 2 * (192 * 288 + 288 + 96 * 288 + 96)) + 384 + 1930,
  ],
  [
    'rowRnn gru',
    () => rowRnn({ cell: 'gru' }),
    32 * 96 * 768 + 31 * 256 * 768 + 512 * 10,
    96 * 768 + 768 + 256 * 768 + 256 + 513 * 10,
  ],
])('%s with its defaults', (_, layer, multiplyAdds, parameters) => {
  const model = createModel(layer());

  it('has the parameters and multiply-adds counted by hand', () => {
    expect(countParameters(model)).toBe(parameters);
    expect(countFlops(model, [32, 32, 3])).toBe(2 * multiplyAdds);
  });

  it('outputs logits [batch, classes]', () => {
    const y = model.predict(tf.zeros([2, 32, 32, 3]));
    expect([y.shape, y.dtype]).toEqual([[2, 10], 'float32']);
  });
});

it('computes no gradient of the image or of frozen filters', async () => {
  const model = createModel(airbench({ widths: [2, 2, 2] }));
  const kernels = await kernelRuns(() => lossAndGradients(model, tf.ones([1, 32, 32, 3]), [3]).gradients);
  expect([kernels.Conv2DBackpropInput, kernels.Conv2DBackpropFilter]).toEqual([6, 6]);
});

it('starts as the identity with zeroInit', async () => {
  // If all branches are zero, a transformer outputs the mean of its normalized tokens.
  const options = { imageSize: 8, patchSize: 4, width: 8, heads: 2, mlpWidth: 4, classes: 3 };
  const x = tf.randomNormal([2, 8, 8, 3], 0, 1, 'float32', 5);
  const [none, deep] = [
    createModel(vit({ ...options, depth: 1 })),
    createModel(vit({ ...options, depth: 3 })),
  ];
  await expectClose(deep.predict(x), none.predict(x));
  const random = createModel(vit({ ...options, depth: 3, zeroInit: false }));
  await expect(expectClose(random.predict(x), none.predict(x))).rejects.toThrow();
});

it('uses and freezes the given whitening filters', async () => {
  const whitening = Float32Array.from({ length: 288 }, (_, i) => i);
  for (const layer of [
    airbench({ whitening, widths: [1, 1, 1] }),
    vitHybrid({ whitening, stemWidth: 1, depth: 1 }),
  ]) {
    const model = createModel(layer);
    await expectClose(model.parameters()['whiten.kernel']!, whitening, { absolute: 0, relative: 0 });
    expect(Object.keys(model.trainable())).not.toContain('whiten.kernel');
    expect(Object.keys(model.trainable())).toContain('whiten.bias');
  }
});

describe.each<[string, () => Layer]>([
  ['airbench', () => airbench({ imageSize: 28, inChannels: 1, widths: [2, 2, 2] })],
  ['mlp', () => mlp({ imageSize: 28, inChannels: 1, widths: [4] })],
  ['vit', () => vit({ imageSize: 28, inChannels: 1, width: 8, depth: 1, heads: 2, mlpWidth: 4 })],
  [
    'vit shifted',
    () => vit({ imageSize: 28, inChannels: 1, width: 8, depth: 1, heads: 2, tokens: 'shifted' }),
  ],
  ['vitHybrid', () => vitHybrid({ imageSize: 28, inChannels: 1, stemWidth: 2, width: 8, depth: 1 })],
  ['rowRnn', () => rowRnn({ imageSize: 28, inChannels: 1, width: 4 })],
  ['reNet', () => reNet({ imageSize: 28, inChannels: 1, width: 8, depth: 1 })],
])('%s accepts images like those of MNIST', (_, layer) => {
  it('and outputs logits', () => {
    expect(createModel(layer()).predict(tf.zeros([2, 28, 28, 1])).shape).toEqual([2, 10]);
  });
});

it('accepts images of other sizes, down to the smallest', () => {
  for (const imageSize of [9, 16, 40, 64]) {
    const model = createModel(airbench({ imageSize, widths: [2, 2, 2] }));
    expect(model.predict(tf.zeros([1, imageSize, imageSize, 3])).shape).toEqual([1, 10]);
  }
  expect(createModel(vitHybrid({ imageSize: 5, depth: 1 })).predict(tf.zeros([1, 5, 5, 3])).shape).toEqual([
    1, 10,
  ]);
});

describe('bad options', () => {
  it.each<[() => unknown, RegExp]>([
    [() => airbench({ whitening: new Float32Array(3) }), /whitening has 3 values; give the 288/],
    [() => airbench({ widths: [1, 0, 1] }), /airbench: widths is \[1, 0, 1\]; give an array of 3/],
    [() => mlp({ widths: [] }), /mlp: widths is \[\]; give at least one hidden layer/],
    [() => vit({ patchSize: 5 }), /vit: imageSize is 32 and patchSize is 5; patchSize must divide/],
    [() => vit({ positions: 'none' as 'learned' }), /vit: positions is "none"; give "sincos2d" or "learned"/],
    [() => vit({ tokens: 'round' as 'shifted' }), /vit: tokens is "round"; give "patches" or "shifted"/],
    [() => vit({ attention: 'none' as 'global' }), /vit: attention is "none"; give "global" or "locality"/],
    [() => reNet({ patchSize: 5 }), /reNet: imageSize is 32 and patchSize is 5; patchSize must divide/],
    [() => reNet({ width: 7 }), /reNet: width is 7; give an even number/],
    [() => reNet({ cell: 'elman' as 'gru' }), /reNet: cell is "elman"; give "lstm" or "gru"/],
    [() => rowRnn({ cell: 'elman' as 'gru' }), /rowRnn: cell is "elman"; give "lstm" or "gru"/],
    [() => airbench({ logitScale: Number.NaN }), /^airbench: logitScale is NaN; give a finite number/],
    [() => airbench({ imageSize: 8 }), /^airbench: imageSize is 8; give at least 9/],
    [() => vitHybrid({ imageSize: 4 }), /^vitHybrid: imageSize is 4; give at least 5/],
    [() => vit({ depth: 0 }), /^vit: depth is 0; give an integer of at least 1/],
    [() => vit({ depth: Number.NaN }), /^vit: depth is NaN/],
    [() => vit({ depth: '3' as unknown as number }), /^vit: depth is "3" \(a string\)/],
    [() => vitHybrid({ depth: -1 }), /^vitHybrid: depth is -1/],
    [() => reNet({ depth: 0 }), /^reNet: depth is 0/],
    [() => vit({ mlpDim: 3 } as object), /^vit: there is no option "mlpDim"/],
    [() => createModel(rowRnn()).predict(tf.zeros([1, 8, 8, 3])), /rowRnn: the input has shape \[1,8,8,3\]/],
  ])('are rejected with a clear error', (call, message) => {
    expect(call).toThrow(message);
  });
});
