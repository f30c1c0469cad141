import { checkGradient, expectClose, expectNoLeaks, goldens } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as exported from './index';

type Loss = (
  labels: tf.Tensor | tf.TensorLike,
  predictions: tf.Tensor | tf.TensorLike,
  options?: object,
) => tf.Tensor;
interface Case {
  options: { reduction: 'mean' | 'sum' | 'none' };
  weights: number[] | null;
  /** Whether the labels are class indices. */
  sparse: boolean;
  /** Whether finite differences can check the gradient here. */
  smooth: boolean;
  labels: number[];
  labelsShape: number[];
  predictions: number[];
  shape: number[];
  value: number[];
  seed: number[];
  gradient: number[];
  labelGradient: number[] | null;
}
const losses = { ...exported } as { [name: string]: Loss };
const files = goldens<Case[]>(new URL('../goldens/', import.meta.url));
// A new loss joins every test below by its export and its golden file.
const cases = Object.entries(files).flatMap(([name, all]) =>
  all.map(
    (c, i) => [`${name} ${i} ${JSON.stringify(c.options)}${c.weights ? ' weighted' : ''}`, name, c] as const,
  ),
);
const toTensors = ({ labels, labelsShape, predictions, shape, sparse }: Case) =>
  [tf.tensor(labels, labelsShape, sparse ? 'int32' : 'float32'), tf.tensor(predictions, shape)] as const;

it('has golden values for every export, and an export for every golden file', () => {
  expect(Object.keys(files)).toEqual(Object.keys(losses).sort());
  for (const [name, loss] of Object.entries(losses)) expect(loss.name).toBe(name);
});

describe.each(cases)('%s', (_, name, c) => {
  const options = { ...c.options, ...(c.weights && { weights: c.weights }) };
  const loss = (y: tf.Tensor, p: tf.Tensor) => losses[name]!(y, p, options);
  const [y, p] = toTensors(c);

  it("has PyTorch's value and gradients", async () => {
    const value = loss(y, p);
    await expectClose(value, c.value, { absolute: 1e-5, relative: 1e-5 });
    const dy = tf.tensor(c.seed, value.shape);
    await expectClose(tf.grad((p: tf.Tensor) => loss(y, p))(p, dy), c.gradient, {
      absolute: 1e-5,
      relative: 1e-5,
    });
    if (!c.labelGradient) return;
    const ofLabels = tf.grad((y: tf.Tensor) => loss(y, p))(y, dy);
    await expectClose(ofLabels, c.labelGradient, { absolute: 1e-5, relative: 1e-5 });
  });
});

// One smooth case of each loss, unweighted and with the mean.
const smooth = Object.entries(files).map(([name, all]) => {
  const c = all.find(({ smooth, weights, options }) => smooth && !weights && options.reduction === 'mean');
  if (!c) throw new Error(`${name} has no golden case that is smooth`);
  return [name, c] as const;
});

describe.each(smooth)('%s', (name, c) => {
  const { reduction: _, ...own } = c.options;
  const loss = (y: tf.Tensor | tf.TensorLike, p: tf.Tensor | tf.TensorLike, options: object = {}) =>
    losses[name]!(y, p, { ...own, ...options });
  const [y, p] = toTensors(c);
  const [first, last] = [p.shape[0]!, p.shape.at(-1)!];

  it('has gradients that agree with finite differences, also for labels that are not indices', async () => {
    const small = { step: 0.02, tolerance: 3e-3 };
    await checkGradient((p) => loss(y, p, { reduction: 'sum' }), [p], small);
    if (!c.sparse) await checkGradient((y) => loss(y, p, { reduction: 'sum' }), [y], small);
  });

  it('has a second derivative that agrees with finite differences', async () => {
    const gradient = tf.grad((p: tf.Tensor) => tf.square(loss(y, p, { reduction: 'sum' })));
    await checkGradient((p) => tf.div(gradient(p), 100), [p], { step: 0.02, tolerance: 5e-3 });
  });

  it.each(['mean', 'sum', 'none'] as const)('has an empty gradient for an empty batch (%s)', (reduction) => {
    const empty = (t: tf.Tensor) => tf.zeros([0, ...t.shape.slice(1)], t.dtype);
    for (const options of [{ reduction }, { reduction, weights: tf.zeros([0]) }]) {
      const gradient = tf.grad((p: tf.Tensor) => loss(empty(y), p, options))(empty(p));
      expect(gradient.shape).toEqual([0, ...p.shape.slice(1)]);
    }
  });

  it('leaks no tensor, for tensors and arrays, with or without gradient, also on errors', async () => {
    const [labels, predictions] = [(await y.array()) as tf.TensorLike, (await p.array()) as tf.TensorLike];
    await expectNoLeaks(() => loss(y, p));
    await expectNoLeaks(() => loss(labels, predictions, { weights: new Array(first).fill(1) }));
    await expectNoLeaks(() => tf.grad((p: tf.Tensor) => loss(y, p))(p));
    await expectNoLeaks(() => {
      expect(() => loss(labels, predictions, { weights: [1].concat(new Array(first).fill(1)) })).toThrow();
      expect(() => loss([[[1]]], predictions)).toThrow();
      expect(() => tf.grad((p: tf.Tensor) => loss([[[1]]], p))(p)).toThrow();
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'ignores a prediction or label of %s if its weight is 0',
    async (bad) => {
      const weights = Array.from({ length: first }, (_, i) => (i === 1 ? 0 : 1));
      const spoil = async (t: tf.Tensor) => {
        const values = Float32Array.from(await t.data());
        const size = values.length / first;
        return tf.tensor(values.fill(bad, size, 2 * size), t.shape);
      };
      const [labels, predictions] = [await spoil(y), await spoil(p)];
      await expectClose(loss(labels, predictions, { weights }), loss(y, p, { weights }), {
        absolute: 0,
        relative: 0,
      });
      const gradient = (y: tf.Tensor, p: tf.Tensor) => tf.grad((p: tf.Tensor) => loss(y, p, { weights }))(p);
      await expectClose(gradient(labels, predictions), gradient(y, p), { absolute: 0, relative: 0 });
    },
  );

  it('is NaN if a prediction, label or weight is NaN, or a weight is negative', async () => {
    const value = async (y: tf.Tensor, p: tf.Tensor, options?: object) =>
      (await loss(y, p, options).data())[0];
    expect(await value(y, tf.fill(p.shape, Number.NaN))).toBeNaN();
    expect(await value(tf.fill(y.shape, Number.NaN), p)).toBeNaN();
    for (const bad of [Number.NaN, -1, Infinity]) {
      const weights = Array.from({ length: first }, (_, i) => (i === 1 ? bad : 1));
      expect(await value(y, p, { weights: tf.tensor(weights) })).toBeNaN();
      for (const candidate of [weights, Float32Array.from(weights), bad]) {
        expect(() => loss(y, p, { weights: candidate })).toThrow(
          `${name}: a weight is ${bad}; give 0 or numbers from 1e-45 to 3.4e38`,
        );
      }
    }
  });

  it('has the same mean for weights of any size', async () => {
    const weights = (size: number) => Array.from({ length: first }, (_, i) => size * (i === 1 ? 0.5 : 1));
    const want = await loss(y, p, { weights: weights(1) }).data();
    for (const size of [1e-31, 1e-37, 3e38]) {
      await expectClose(loss(y, p, { weights: weights(size) }), want, { relative: 1e-5 });
    }
    for (const bad of [1e39, 1e-46]) {
      expect(() => loss(y, p, { weights: [bad, ...weights(1).slice(1)] })).toThrow(
        `${name}: a weight is ${bad}; give`,
      );
    }
  });

  it('computes in float32 for predictions of int32 and bool, and for labels of other dtypes', async () => {
    const [ones, whole] = [tf.ones(p.shape), tf.ones(y.shape)];
    for (const dtype of ['int32', 'bool'] as const) {
      const value = loss(tf.cast(whole, dtype), tf.cast(ones, dtype));
      expect(value.dtype).toBe('float32');
      await expectClose(value, loss(whole, ones), { absolute: 0, relative: 0 });
    }
  });

  it('aligns weights with the leading axes, for any size of the other axes', async () => {
    // With as many features as examples, weights of columns and of rows would have the same shape.
    const n = Math.min(first, last);
    const square = (t: tf.Tensor) =>
      tf.slice(
        t,
        new Array(t.rank).fill(0),
        t.shape.map((size) => Math.min(n, size)),
      );
    const [labels, predictions] = [square(y), square(p)];
    const weights = Array.from({ length: n }, (_, i) => i + 1);
    const each = loss(labels, predictions, { reduction: 'none' });
    const want = tf.mul(each, tf.reshape(tf.tensor(weights), [n, ...each.shape.slice(1).map(() => 1)]));
    if (!c.sparse && each.rank < p.rank) return; // cut distributions are none
    await expectClose(loss(labels, predictions, { reduction: 'none', weights }), want, { relative: 1e-6 });
  });

  it('is 0 as the mean of an empty batch, or of weights that are all 0', async () => {
    const none = (t: tf.Tensor) => tf.zeros([0, ...t.shape.slice(1)], t.dtype);
    await expectClose(loss(none(y), none(p)), 0);
    await expectClose(loss(y, p, { weights: new Array(first).fill(0) }), 0);
  });

  it('rejects wrong arguments, shows the value and says how to fix it', () => {
    const message = (call: () => unknown) => {
      try {
        call();
      } catch (error) {
        return (error as Error).message;
      }
      return 'taken';
    };
    const bad: [string, () => unknown, RegExp][] = [
      [
        'no labels',
        () => losses[name]!(undefined as unknown as tf.Tensor, p),
        /: labels is missing; give a tensor/,
      ],
      [
        'no predictions',
        () => losses[name]!(y, undefined as unknown as tf.Tensor),
        /is missing; give a tensor/,
      ],
      ['strings', () => losses[name]!('a', p), /: labels is "a"; give a tensor/],
      [
        'an unknown option',
        () => losses[name]!(y, p, { weight: 1 }),
        /: there is no option "weight"; did you mean weights\?/,
      ],
      [
        'an unknown reduction',
        () => losses[name]!(y, p, { reduction: 'avg' }),
        /: reduction is "avg"; give "mean", "sum" or "none"/,
      ],
      [
        'a name for options',
        () => losses[name]!(y, p, 'mean' as unknown as object),
        /: options is "mean"; give a plain object/,
      ],
      [
        'another shape',
        () => losses[name]!(tf.ones([7, 3]), p),
        /have shape .* but labels have shape \[7,3\]; /,
      ],
      [
        'too many weights',
        () => loss(y, p, { weights: tf.ones([first + 1]) }),
        /: weights have shape \[\d+\] but the losses have shape/,
      ],
      ['weights of strings', () => loss(y, p, { weights: 'a' }), /: weights is "a"; give a tensor/],
    ];
    for (const [what, call, expected] of bad) {
      expect(message(call), what).toMatch(expected);
      expect(message(call), what).toMatch(new RegExp(`^${name}: `));
    }
  });
});

describe('classes', () => {
  const { crossEntropy, softmaxCrossEntropy, sparseCrossEntropy, sparseSoftmaxCrossEntropy } = exported;
  const scores = tf.softmax(
    tf.tensor2d([
      [1, 2, 3],
      [1, 0, 1],
    ]),
  );

  it.each([3, -1, -100, Number.NaN, 0.7, 1.9])(
    'is NaN, with its gradient, for the index %s of 3 classes',
    async (label) => {
      for (const loss of [sparseSoftmaxCrossEntropy, sparseCrossEntropy]) {
        const y = tf.tensor1d([label, 1]);
        const values = await loss(y, scores, { reduction: 'none' }).data();
        expect([Number.isNaN(values[0]), Number.isFinite(values[1]!)]).toEqual([true, true]);
        const gradient = await tf
          .grad((p: tf.Tensor) => loss(y, p, { reduction: 'none' }))(scores)
          .data();
        expect(Array.from(gradient, Number.isFinite)).toEqual([false, false, false, true, true, true]);
      }
    },
  );

  it('allows an invalid index if its weight is 0, as for padding', async () => {
    const padded = sparseSoftmaxCrossEntropy(tf.tensor1d([-100, 1], 'int32'), scores, { weights: [0, 1] });
    await expectClose(padded, sparseSoftmaxCrossEntropy([1], tf.slice(scores, [1, 0], [1, 3])));
  });

  it.each([
    [
      () => sparseSoftmaxCrossEntropy([3, 1], scores),
      /sparseSoftmaxCrossEntropy: labels have 3; give class indices, integers from 0 to 2/,
    ],
    [() => sparseCrossEntropy([0.5, 1], scores), /sparseCrossEntropy: labels have 0.5; give class indices/],
    [
      () => sparseSoftmaxCrossEntropy(new Float32Array([Number.NaN, 1]), scores),
      /labels have NaN; give class indices/,
    ],
    [
      () => softmaxCrossEntropy([1], [[0, 1]]),
      /softmaxCrossEntropy: logits have shape \[1,2\] but labels have shape \[1\];.*use sparseSoftmaxCrossEntropy/,
    ],
    [
      () => sparseSoftmaxCrossEntropy([[0, 1]], [[0, 1]]),
      /: .*class indices of shape \[1\], or use softmaxCrossEntropy/,
    ],
    [() => sparseSoftmaxCrossEntropy([[0, 1]], [1]), /labels come first, then logits/],
    [
      () => softmaxCrossEntropy([[1]], [[1]]),
      /softmaxCrossEntropy: logits have shape \[1,1\], and the only class always has probability 1; give/,
    ],
    [() => sparseCrossEntropy([0], [[1]]), /sparseCrossEntropy: probabilities have shape \[1,1\], and/],
    [
      () => crossEntropy([[1, 0]], [[1, 0]], { epsilon: 0 }),
      /crossEntropy: epsilon is 0; give a number in \(0, 1\)/,
    ],
    [
      () => crossEntropy([[1, 0]], [[1, 0]], { epsilon: 1e-46 }),
      /crossEntropy: epsilon is 1e-46 \(0 in float32\); give a number in \(0, 1\)/,
    ],
    [() => crossEntropy([[1, 0]], [[1, 0]], { epsilon: 2 }), /crossEntropy: epsilon is 2; give/],
    [
      () => softmaxCrossEntropy([[1, 0]], [[1, 0]], { labelSmoothing: 1.5 }),
      /labelSmoothing is 1.5; give a number in \[0, 1\]/,
    ],
  ])('rejects %#', (call, message) => {
    expect(call).toThrow(message);
  });

  it('is NaN, with its gradient, for logits in place of probabilities', async () => {
    for (const logits of [[[-1, 2]], [[0.5, 1.5]]]) {
      const loss = (p: tf.Tensor) => crossEntropy([[0, 1]], p);
      expect((await loss(tf.tensor2d(logits)).data())[0]).toBeNaN();
      expect((await tf.grad(loss)(tf.tensor2d(logits)).data())[1]).toBeNaN();
    }
  });

  it('is NaN, in gradients of gradients too, for logits in place of probabilities', async () => {
    const p = tf.tensor2d([[-1, 2]]);
    const penalty = (p: tf.Tensor) => tf.square(tf.grad((p: tf.Tensor) => crossEntropy([[0, 1]], p))(p));
    expect((await penalty(p).data())[1]).toBeNaN();
    expect((await tf.grad(penalty)(p).data())[1]).toBeNaN();
  });

  it.each([
    ['swapped arguments', () => softmaxCrossEntropy([[2, -1, 0.5]], [[0, 1, 0]])],
    ['swapped arguments', () => crossEntropy([[-3, 4]], [[0, 1]])],
    ['class indices', () => softmaxCrossEntropy([[3, 1]], [[0, 1]])],
  ])('is NaN for labels outside [0, 1]: %s', async (_, loss) => {
    expect((await loss().data())[0]).toBeNaN();
  });

  it('sends no gradient to a probability below epsilon, even if the gradient of the loss is infinite', async () => {
    const loss = (p: tf.Tensor) => crossEntropy([[0, 1]], p);
    for (const end of [Number.NaN, Infinity, -Infinity]) {
      const gradient = await tf
        .grad(loss)(tf.tensor2d([[1, 0]]), tf.scalar(end))
        .data();
      expect(gradient[1]).toBe(0);
    }
  });

  it('accepts a logit of −∞ as probability 0', async () => {
    const logits = [[0, 0, Number.NEGATIVE_INFINITY]];
    const loss = (z: tf.Tensor) => softmaxCrossEntropy([[0, 1, 0]], z);
    await expectClose(loss(tf.tensor2d(logits)), Math.LN2);
    await expectClose(tf.grad(loss)(tf.tensor2d(logits)), [0.5, -0.5, 0]);
  });
});

describe('two classes', () => {
  const { binaryCrossEntropy, binaryCrossEntropyWithLogits, hinge, sigmoidFocal, softMargin, squaredHinge } =
    exported;

  it.each([
    ['logits for probabilities', () => binaryCrossEntropy([1, 0], [2.5, 0.5], { reduction: 'none' })],
    ['labels of −1', () => binaryCrossEntropy([-1, 0], [0.5, 0.5], { reduction: 'none' })],
    ['labels of −1', () => binaryCrossEntropyWithLogits([-1, 0], [1, 1], { reduction: 'none' })],
    ['class indices', () => sigmoidFocal([2, 0], [1, 1], { reduction: 'none' })],
    ['labels of 0', () => hinge([0, 1], [1, 0], { reduction: 'none' })],
    ['labels of 0', () => squaredHinge([0, 1], [1, 0], { reduction: 'none' })],
    ['labels of 0', () => softMargin([0, 1], [1, 0], { reduction: 'none' })],
  ])('is NaN for %s, and only there (%#)', async (_, loss) => {
    const values = await loss().data();
    expect(values[0]).toBeNaN();
    expect(Number.isFinite(values[1])).toBe(true);
  });

  it('agrees with the cross-entropy where they are the same', async () => {
    const [y, x] = [tf.tensor1d([1, 0, 1, 0]), tf.tensor1d([0.5, -2, 3, 1])];
    const half = sigmoidFocal(y, x, { alpha: 0.5, gamma: 0, reduction: 'none' });
    await expectClose(tf.mul(half, 2), binaryCrossEntropyWithLogits(y, x, { reduction: 'none' }));
    await expectClose(
      binaryCrossEntropy(y, tf.sigmoid(x)),
      (await binaryCrossEntropyWithLogits(y, x).data())[0]!,
    );
  });
});

describe('the domain of a loss', () => {
  const losses = Object.entries(exported).filter(([, loss]) => (loss as exported.Loss).domain) as unknown as [
    string,
    exported.Loss,
  ][];

  it('is declared by the losses that are not defined everywhere', () => {
    expect(losses.map(([name]) => name).sort()).toEqual([
      'binaryCrossEntropy',
      'binaryCrossEntropyWithLogits',
      'crossEntropy',
      'hinge',
      'meanSquaredLogarithmicError',
      'poissonNll',
      'sigmoidFocal',
      'softMargin',
      'softmaxCrossEntropy',
      'sparseCrossEntropy',
      'squaredHinge',
    ]);
  });

  it.each(losses)('%s is finite inside and NaN outside', async (name, loss) => {
    const { labels, predictions } = loss.domain!;
    const isDense = /^(crossEntropy|softmaxCrossEntropy)$/.test(name);
    const isSparse = name.startsWith('sparse');
    // One example whose first label or prediction is x.
    const at = async (x: number, where: 'labels' | 'predictions') => {
      const row = (first: number) => (isDense ? [[first, 0.5]] : [first]);
      const y = isSparse ? [0] : row(where === 'labels' ? x : 0.5);
      const p = isSparse ? [[x, 0.5]] : row(where === 'predictions' ? x : 0.5);
      return (
        await loss(
          isSparse ? tf.tensor1d([0], 'int32') : tf.tensor(y as number[]),
          tf.tensor(p as number[]),
        ).data()
      )[0]!;
    };
    for (const x of [-3, -1.5, -0.5, 0, 0.25, 1, 1.5, 3]) {
      for (const [where, range] of [
        ['labels', labels],
        ['predictions', predictions],
      ] as const) {
        if (!range || (isSparse && where === 'labels')) continue;
        expect(Number.isNaN(await at(x, where)), `${where} ${x}`).toBe(!range.accepts(x));
      }
    }
  });
});

it.each<[number[], number[], string]>([
  [[2], [2, 1], 'write labels as [[410.5], …], or reshape them to [2,1]'],
  [[2, 1], [2], 'reshape the predictions to [2,1]'],
  [[2, 3], [2, 3, 1], 'reshape them to [2,3,1]'],
  [[2], [3, 1], 'give both the same shape'],
])('says how labels [%s] fit predictions [%s]', (labels, predictions, advice) => {
  expect(() => exported.meanSquaredError(tf.zeros(labels), tf.zeros(predictions))).toThrow(
    `meanSquaredError: predictions have shape [${predictions}] but labels have shape [${labels}]; ${advice}`,
  );
});
