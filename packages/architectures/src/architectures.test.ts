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
import { airbench, mlp, reNet, resNet, rowRnn, transformerBlock, vit, vitHybrid } from './index';

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
      const parameters = Object.fromEntries(Object.entries(c.params).map(([name, v]) => [name, toTensor(v)]));
      assignParameters(model, parameters);
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
    [
      () => vit({ patchSize: 5 }),
      /^vit: imageSize is 32 \(the default\) and patchSize is 5; give a patchSize that divides imageSize$/,
    ],
    [
      () => vit({ imageSize: 33 }),
      /^vit: imageSize is 33 and patchSize is 4 \(the default\); give a patchSize/,
    ],
    [() => vit({ heads: 3 }), /^vit: width is 128 \(the default\) and heads is 3; give a number of heads/],
    [() => vitHybrid({ heads: 3 }), /^vitHybrid: width is 128 \(the default\) and heads is 3; give/],
    [
      () => transformerBlock({ width: 8, heads: 3, mlpWidth: 4 }),
      /^transformerBlock: width is 8 and heads is 3; give a number of heads that divides width/,
    ],
    [
      () => vit({ width: 6, heads: 2 }),
      /^vit: width is 6 and positions is "sincos2d" \(the default\); give a width that is a multiple of 4/,
    ],
    [
      () => vit({ imageSize: 30, patchSize: 5, tokens: 'shifted' }),
      /^vit: patchSize is 5 and tokens is "shifted"; give an even patchSize/,
    ],
    [() => vit({ positions: 'none' as 'learned' }), /vit: positions is "none"; give "sincos2d" or "learned"/],
    [() => vit({ tokens: 'round' as 'shifted' }), /vit: tokens is "round"; give "patches" or "shifted"/],
    [() => vit({ attention: 'none' as 'global' }), /vit: attention is "none"; give "global" or "locality"/],
    [
      () => reNet({ patchSize: 5 }),
      /^reNet: imageSize is 32 \(the default\) and patchSize is 5; give a patchSize/,
    ],
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
    [
      () => mlp({ imageSize: 65_536 }),
      /^mlp: imageSize is 65536 and inChannels is 3 \(the default\), so the values of an example would be 12884901888/,
    ],
  ])('are rejected with a clear error', (call, message) => {
    expect(call).toThrow(message);
  });

  // Odd and even numbers, each with another, and large ones.
  const numbers = [1, 3, 8, 33];
  const large = [46_344, 2 ** 31 - 2, 2 ** 31 - 1];
  const all = Object.keys(architectures).filter((name) => name !== 'computeWhiteningFilters');
  it.each(all)('of %s are named in its errors, and no others', (name) => {
    const errorOf = (options: object): string => {
      try {
        build[name]!({ ...(name === 'transformerBlock' && { width: 8, heads: 2, mlpWidth: 4 }), ...options });
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    const known = errorOf({ none: 1 }).split('options are ')[1]!.split(', ');
    const changes = (list: number[]) =>
      known
        .filter((option) => option !== 'depth' || list === numbers)
        .flatMap((option) =>
          list
            .flatMap((n): unknown[] => (option === 'widths' ? [[n], [n, n, n]] : [n]))
            .map((value) => ({ [option]: value })),
        );
    const others = {
      tokens: ['shifted'],
      positions: ['learned'],
      attention: ['locality'],
      cell: ['lstm', 'gru'],
    };
    const tried = Object.entries(others).filter(([option]) => known.includes(option));
    const choices = [
      ...changes(numbers),
      ...tried.flatMap(([option, list]) => list.map((value) => ({ [option]: value }))),
    ];
    const wrong = [
      ...choices.flatMap((first) => choices.map((second) => ({ ...first, ...second }))),
      ...changes(large),
    ]
      .map((options) => errorOf(options))
      .filter((message) => message !== '' && !message.startsWith(`${name}: `));
    expect([...new Set(wrong)]).toEqual([]);
  });
});

const small = { imageSize: 8, patchSize: 4, width: 8, heads: 2, depth: 1, mlpWidth: 4 };
it.each<[string, Layer, number[], RegExp]>([
  [
    'airbench',
    airbench({ widths: [1, 1, 1] }),
    [1, 28, 28, 1],
    /give images \[batch, 32, 32, 3\], or set imageSize/,
  ],
  [
    'mlp',
    mlp({ widths: [1] }),
    [1, 28, 28, 1],
    /give examples \[batch, …\] of 3072 values, or set inFeatures/,
  ],
  ['reNet', reNet({ width: 2, depth: 1 }), [1, 32, 32], /give images \[batch, 32, 32, 3\]/],
  [
    'resNet',
    resNet({ width: 2, depth: 8 }),
    [1, 9, 7, 1],
    /give images \[batch, height, width, 3\], or set inChannels/,
  ],
  ['rowRnn', rowRnn({ width: 1 }), [1, 8, 8, 3], /give images \[batch, 32, 32, 3\]/],
  ['vit', vit(small), [1, 8, 8, 1], /give images \[batch, 8, 8, 3\]/],
  ['vitHybrid', vitHybrid({ stemWidth: 1, depth: 1 }), [1, 32, 33, 3], /give images \[batch, 32, 32, 3\]/],
])('%s names itself and its options when images have another shape', (name, layer, shape, message) => {
  const model = createModel(layer);
  const predict = () => model.predict(tf.zeros(shape));
  expect(predict).toThrow(message);
  expect(predict).toThrow(`: ${name}: the input has shape [${shape}]`);
  expect(() => model.predict([1, 2] as unknown as tf.Tensor)).toThrow(`: ${name}: the input is [1, 2]; give`);
});
