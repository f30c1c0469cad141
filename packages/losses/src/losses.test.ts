import { checkGradient, expectClose, expectNoLeaks, goldens } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as exported from './index';

type Labels = Side<tf.Tensor | tf.TensorLike>;
type Loss = (labels: Labels, predictions: Labels, options?: object) => tf.Tensor;
/** Labels or predictions: one tensor, a list of them, or several by name. */
type Side<T> = T | T[] | { [name: string]: T };
/** One of several tensors. */
interface Part {
  values: number[];
  shape: number[];
  sparse: boolean;
  gradient: number[] | null;
}
interface Common {
  options: { reduction: 'mean' | 'sum' | 'none' };
  weights: number[] | null;
  /** Whether finite differences can check the gradient here. */
  smooth: boolean;
  value: number[];
  seed: number[];
}
/** Labels and predictions of one tensor each. */
interface Pair extends Common {
  /** Whether the labels are class indices. */
  sparse: boolean;
  labels: number[];
  labelsShape: number[];
  predictions: number[];
  shape: number[];
  gradient: number[];
  labelGradient: number[] | null;
}
interface Several extends Common {
  labels: Side<Part>;
  predictions: Side<Part>;
}
type Case = Pair | Several;
const losses = { ...exported } as unknown as { [name: string]: Loss };
const files = goldens<Case[]>(new URL('../goldens/', import.meta.url));
// Weights and reductions are the same operations for all losses. On webgpu, where every new shape compiles shaders, the goldens are
// tested without them; the tests of the smooth cases have them there too.
const isTested = ({ options, weights }: Case) =>
  tf.getBackend() !== 'webgpu' || (options.reduction === 'none' && !weights);
// A new loss joins every test below by its export and its golden file.
const cases = Object.entries(files).flatMap(([name, all]) =>
  all
    .filter(isTested)
    .map(
      (c, i) =>
        [`${name} ${i} ${JSON.stringify(c.options)}${c.weights ? ' weighted' : ''}`, name, c] as const,
    ),
);

const isPart = (side: Side<Part>): side is Part => 'values' in side && Array.isArray(side.values);
/** Applies a function to each tensor of labels or predictions. */
const mapSide = <T extends object, U>(
  side: Side<T>,
  isOne: (side: Side<T>) => side is T,
  f: (one: T) => U,
): Side<U> =>
  isOne(side)
    ? f(side)
    : Array.isArray(side)
      ? side.map(f)
      : Object.fromEntries(Object.entries(side).map(([name, one]) => [name, f(one as T)]));
const isTensor = (side: Side<tf.Tensor>): side is tf.Tensor => side instanceof tf.Tensor;
const map = <U>(side: Side<tf.Tensor>, f: (x: tf.Tensor) => U) => mapSide(side, isTensor, f);
const list = (side: Side<tf.Tensor>): tf.Tensor[] => (isTensor(side) ? [side] : Object.values(side));

/** The labels and predictions of a case. */
function readCase(c: Case): { y: Side<tf.Tensor>; p: Side<tf.Tensor>; gradients: (number[] | null)[] } {
  const sides: Side<Part>[] =
    'gradient' in c
      ? [
          { values: c.labels, shape: c.labelsShape, sparse: c.sparse, gradient: c.labelGradient },
          { values: c.predictions, shape: c.shape, sparse: false, gradient: c.gradient },
        ]
      : [c.labels, c.predictions];
  const toTensor = ({ values, shape, sparse }: Part) =>
    tf.tensor(values, shape, sparse ? 'int32' : 'float32');
  const [y, p] = sides.map((side) => mapSide(side, isPart, toTensor)) as [Side<tf.Tensor>, Side<tf.Tensor>];
  const gradients: (number[] | null)[] = [];
  for (const side of sides) mapSide(side, isPart, ({ gradient }) => gradients.push(gradient));
  return { y, p, gradients };
}

/** A loss as a function of the tensors among its labels and predictions that are no class indices. */
function ofTensors(
  loss: (y: Side<tf.Tensor>, p: Side<tf.Tensor>) => tf.Tensor,
  y: Side<tf.Tensor>,
  p: Side<tf.Tensor>,
): { f: (...tensors: tf.Tensor[]) => tf.Tensor; at: tf.Tensor[] } {
  const at = [...list(y), ...list(p)].filter(({ dtype }) => dtype === 'float32');
  const f = (...tensors: tf.Tensor[]) => {
    const next = (x: tf.Tensor) => (x.dtype === 'float32' ? tensors[at.indexOf(x)]! : x);
    return loss(map(y, next), map(p, next));
  };
  return { f, at };
}

it('has golden values for every export, and an export for every golden file', () => {
  expect(Object.keys(files)).toEqual(Object.keys(losses).sort());
  for (const [name, loss] of Object.entries(losses)) expect(loss.name).toBe(name);
});

describe.each(cases)('%s', (_, name, c) => {
  const options = { ...c.options, ...(c.weights && { weights: c.weights }) };
  const { y, p, gradients } = readCase(c);
  const { f, at } = ofTensors((y, p) => losses[name]!(y, p, options), y, p);

  it("has PyTorch's value and gradients", async () => {
    const value = f(...at);
    await expectClose(value, c.value, { absolute: 1e-5, relative: 1e-5 });
    const found = tf.grads(f)(at, tf.tensor(c.seed, value.shape));
    for (const expected of gradients) {
      if (expected) await expectClose(found.shift()!, expected, { absolute: 1e-5, relative: 1e-5 });
    }
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
  const loss = (y: Labels, p: Labels, options: object = {}) => losses[name]!(y, p, { ...own, ...options });
  const { y, p } = readCase(c);
  const isSparse = list(y).some(({ dtype }) => dtype === 'int32');
  const [first, last] = [list(p)[0]!.shape[0]!, list(p)[0]!.shape.at(-1)!];
  /** The gradients for the predictions alone. */
  const gradient = (y: Side<tf.Tensor>, p: Side<tf.Tensor>, options?: object) => {
    const { f, at } = ofTensors((p) => loss(y, p, options), p, []);
    return tf.grads(f)(at);
  };

  it('has gradients that agree with finite differences, also for labels that are not indices', async () => {
    const { f, at } = ofTensors((y, p) => loss(y, p, { reduction: 'sum' }), y, p);
    await checkGradient(f, at, { step: 0.02, tolerance: 3e-3 });
  });

  it('has a second derivative that agrees with finite differences', async () => {
    const { f, at } = ofTensors((p) => tf.square(loss(y, p, { reduction: 'sum' })), p, []);
    const ofFirst = (x: tf.Tensor) => f(x, ...at.slice(1));
    const derivative = (x: tf.Tensor) => tf.div(tf.grad(ofFirst)(x), 100);
    await checkGradient(derivative, [at[0]!], { step: 0.02, tolerance: 5e-3 });
  });

  it.each(['mean', 'sum', 'none'] as const)('has an empty gradient for an empty batch (%s)', (reduction) => {
    const empty = (t: tf.Tensor) => tf.zeros([0, ...t.shape.slice(1)], t.dtype);
    for (const options of [{ reduction }, { reduction, weights: tf.zeros([0]) }]) {
      const found = gradient(map(y, empty), map(p, empty), options);
      expect(found.map(({ shape }) => shape)).toEqual(list(p).map(({ shape }) => [0, ...shape.slice(1)]));
    }
  });

  it('leaks no tensor, for tensors and arrays, with or without gradient, also on errors', async () => {
    const arrays = async (side: Side<tf.Tensor>) => {
      const values = await Promise.all(list(side).map((x) => x.array()));
      return map(side, () => values.shift() as tf.TensorLike);
    };
    const [labels, predictions] = [await arrays(y), await arrays(p)];
    const wrong = map(y, () => [[[1]]] as tf.TensorLike);
    await expectNoLeaks(() => loss(y, p));
    await expectNoLeaks(() => loss(labels, predictions, { weights: new Array(first).fill(1) }));
    await expectNoLeaks(() => gradient(y, p));
    await expectNoLeaks(() => {
      expect(() => loss(labels, predictions, { weights: [1].concat(new Array(first).fill(1)) })).toThrow();
      expect(() => loss(wrong, predictions)).toThrow();
      expect(() => ofTensors((p) => loss(wrong, p), p, []).f(...list(p))).toThrow();
      expect(() => tf.grads(ofTensors((p) => loss(wrong, p), p, []).f)(list(p))).toThrow();
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'ignores a prediction or label of %s if its weight is 0',
    async (bad) => {
      const weights = Array.from({ length: first }, (_, i) => (i === 1 ? 0 : 1));
      const spoil = (t: tf.Tensor) => {
        const isSpoiled = tf.equal(tf.range(0, first), 1);
        const aligned = tf.reshape(isSpoiled, [first, ...t.shape.slice(1).map(() => 1)]);
        return tf.where(tf.broadcastTo(aligned, t.shape), tf.fill(t.shape, bad), tf.cast(t, 'float32'));
      };
      const [labels, predictions] = [map(y, spoil), map(p, spoil)];
      await expectClose(loss(labels, predictions, { weights }), loss(y, p, { weights }), {
        absolute: 0,
        relative: 0,
      });
      const expected = gradient(y, p, { weights });
      for (const found of gradient(labels, predictions, { weights })) {
        await expectClose(found, expected.shift()!, { absolute: 0, relative: 0 });
      }
    },
  );

  it('is NaN if a prediction, label or weight is NaN, or a weight is negative', async () => {
    const value = async (y: Side<tf.Tensor>, p: Side<tf.Tensor>, options?: object) =>
      (await loss(y, p, options).data())[0];
    const nan = (x: tf.Tensor) => tf.fill(x.shape, Number.NaN);
    for (const one of list(p))
      expect(
        await value(
          y,
          map(p, (x) => (x === one ? nan(x) : x)),
        ),
      ).toBeNaN();
    for (const one of list(y))
      expect(
        await value(
          map(y, (x) => (x === one ? nan(x) : x)),
          p,
        ),
      ).toBeNaN();
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
    const ones = (x: tf.Tensor) => tf.ones(x.shape);
    const want = loss(map(y, ones), map(p, ones));
    for (const dtype of ['int32', 'bool'] as const) {
      const convert = (x: tf.Tensor) => tf.ones(x.shape, dtype);
      const value = loss(map(y, convert), map(p, convert));
      expect(value.dtype).toBe('float32');
      await expectClose(value, want, { absolute: 0, relative: 0 });
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
    const [labels, predictions] = [map(y, square), map(p, square)];
    const weights = Array.from({ length: n }, (_, i) => i + 1);
    const each = loss(labels, predictions, { reduction: 'none' });
    const want = tf.mul(each, tf.reshape(tf.tensor(weights), [n, ...each.shape.slice(1).map(() => 1)]));
    if (!isSparse && each.rank < list(p)[0]!.rank) return; // cut distributions are none
    await expectClose(loss(labels, predictions, { reduction: 'none', weights }), want, { relative: 1e-6 });
  });

  it('is 0 as the mean of an empty batch, or of weights that are all 0', async () => {
    const none = (t: tf.Tensor) => tf.zeros([0, ...t.shape.slice(1)], t.dtype);
    await expectClose(loss(map(y, none), map(p, none)), 0);
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
      ['no labels', () => losses[name]!(undefined as unknown as tf.Tensor, p), /: labels is missing; give /],
      [
        'no arguments, as if it made a loss',
        () => (losses[name] as unknown as () => tf.Tensor)(),
        /: labels are missing; give labels and predictions, or as a loss the function itself, without a call$/,
      ],
      [
        'its options alone, as if it made a loss',
        () => (losses[name] as unknown as (o: object) => tf.Tensor)({ reduction: 'sum' }),
        /: labels is the options \{ reduction: "sum" \}; .*: \(labels, predictions\) => \w+\(labels, predictions, \{ reduction: "sum" \}\)$/,
      ],
      ['no predictions', () => losses[name]!(y, undefined as unknown as tf.Tensor), /is missing; give /],
      ['strings', () => losses[name]!('a', p), /: labels is "a"; give /],
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
        () =>
          losses[name]!(
            map(y, () => tf.ones([7, 3])),
            p,
            own,
          ),
        /ha(s|ve) shape .* but labels\S* ha(s|ve) shape \[7,3\]; /,
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

  it('ignores the examples of ignoreIndex, also in an array, as if their weight were 0', async () => {
    const bad = tf.tensor2d([
      [Number.NaN, 1, 2],
      [0.25, 0.5, 0.25],
    ]);
    const [only, ignoreIndex] = [tf.slice(bad, [1, 0], [1, 3]), -100];
    for (const loss of [sparseSoftmaxCrossEntropy, sparseCrossEntropy, exported.multiMargin]) {
      for (const labels of [tf.tensor1d([-100, 1], 'int32'), [-100, 1]]) {
        await expectClose(loss(labels, bad, { ignoreIndex }), loss([1], only));
        await expectClose(loss(labels, bad, { ignoreIndex, weights: [5, 2] }), loss([1], only));
        const gradient = await tf
          .grad((p: tf.Tensor) => loss(labels, p, { ignoreIndex }))(bad)
          .data();
        expect([...gradient.slice(0, 3)]).toEqual([0, 0, 0]);
      }
      await expectClose(loss([-100, -100], bad, { ignoreIndex }), 0);
      expect(() => loss([-1, 1], bad, { ignoreIndex })).toThrow('labels have -1; give class indices');
    }
  });

  it.each([
    sparseSoftmaxCrossEntropy,
    sparseCrossEntropy,
    exported.multiMargin,
    exported.softmaxFocal,
    (labels: number[], p: tf.Tensor, options: object) =>
      softmaxCrossEntropy(tf.oneHot(labels, 3, 1, 0, 'float32'), p, options),
    (labels: number[], p: tf.Tensor, options: object) =>
      crossEntropy(tf.oneHot(labels, 3, 1, 0, 'float32'), p, options),
  ])('has the same mean and gradient for weights of classes of any size (%#)', async (loss) => {
    const gradient = (options: object) => tf.grad((p: tf.Tensor) => loss([2, 0], p, options))(scores);
    const of = (size: number) => ({ classWeights: [size, size, 0.5 * size] });
    for (const size of [1e-37, 1e-31, 2e38, 3e38]) {
      await expectClose(loss([2, 0], scores, of(size)), loss([2, 0], scores, of(1)), { relative: 1e-5 });
      await expectClose(gradient(of(size)), gradient(of(1)), { relative: 1e-5 });
    }
    // Neither does the weight of a class matter that the batch does not have.
    await expectClose(loss([2, 0], scores, { classWeights: [1, 1e38, 1] }), loss([2, 0], scores, {}));
    const weights = [3e38, 1.5e38];
    await expectClose(
      loss([2, 0], scores, { weights, ...of(3e38) }),
      loss([2, 0], scores, { weights: [2, 1], ...of(1) }),
      { relative: 1e-5 },
    );
  });

  it('ignores an index for weights of classes of any size', async () => {
    for (const loss of [sparseSoftmaxCrossEntropy, sparseCrossEntropy, exported.multiMargin]) {
      const of = (size: number) => ({ ignoreIndex: -1, classWeights: [size, size, size] });
      await expectClose(loss([-1, 0], scores, of(3e38)), loss([-1, 0], scores, of(1)), { relative: 1e-5 });
    }
  });

  it('weights classes in the same way for indices and distributions', async () => {
    const y = tf.oneHot(tf.tensor1d([2, 0], 'int32'), 3);
    for (const classWeights of [
      [1, 2, 3],
      [0, 0, 0],
      [1e38, 0, 1e38],
    ]) {
      const dense = [
        crossEntropy(y, scores, { classWeights }),
        softmaxCrossEntropy(y, scores, { classWeights }),
      ];
      const sparse = [
        sparseCrossEntropy([2, 0], scores, { classWeights }),
        sparseSoftmaxCrossEntropy([2, 0], scores, { classWeights }),
      ];
      for (const [i, value] of dense.entries()) await expectClose(sparse[i]!, value);
    }
    expect(await crossEntropy(y, scores, { classWeights: [0, 0, 0] }).array()).toBe(0);
    expect(await crossEntropy(y, scores, { classWeights: tf.tensor1d([1, -1, 1]) }).array()).toBeNaN();
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
  const {
    binaryCrossEntropy,
    binaryCrossEntropyWithLogits,
    hinge,
    hingeEmbedding,
    sigmoidFocal,
    softMargin,
    squaredHinge,
  } = exported;

  it.each([
    ['logits for probabilities', () => binaryCrossEntropy([1, 0], [2.5, 0.5], { reduction: 'none' })],
    ['labels of −1', () => binaryCrossEntropy([-1, 0], [0.5, 0.5], { reduction: 'none' })],
    ['labels of −1', () => binaryCrossEntropyWithLogits([-1, 0], [1, 1], { reduction: 'none' })],
    ['class indices', () => sigmoidFocal([2, 0], [1, 1], { reduction: 'none' })],
    ['labels of 0', () => hinge([0, 1], [1, 0], { reduction: 'none' })],
    ['labels of 0', () => squaredHinge([0, 1], [1, 0], { reduction: 'none' })],
    ['labels of 0', () => softMargin([0, 1], [1, 0], { reduction: 'none' })],
    ['labels of 0', () => hingeEmbedding([0, 1], [1, 0], { reduction: 'none' })],
    ['labels of 2', () => hingeEmbedding([2, 1], [1, 0], { reduction: 'none' })],
    [
      'labels of 0',
      () =>
        exported.marginRanking(
          [0, 1],
          [
            [1, 0],
            [1, 0],
          ],
          { reduction: 'none' },
        ),
    ],
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

describe('infinite and huge predictions', () => {
  const each = { reduction: 'none' } as const;
  const found = async (name: string, y: number, x: number, options: object = {}) => {
    const loss = (x: tf.Tensor) => losses[name]!(tf.tensor1d([y]), x, { ...each, ...options });
    const at = tf.tensor1d([x]);
    return [...(await loss(at).data()), ...(await tf.grad(loss)(at).data())];
  };
  const huge = [3e38, Infinity];
  const noClip = { clip: 0 };
  type Row = [name: string, y: number, x: number, want: [value: number, gradient: number], options?: object];
  const rows = huge.flatMap((x): Row[] => [
    ['binaryCrossEntropyWithLogits', 0, -x, [0, 0]],
    ['binaryCrossEntropyWithLogits', 1, x, [0, 0]],
    ['binaryCrossEntropyWithLogits', 0, x, [x, 1]],
    ['sigmoidFocal', 0, -x, [0, 0]],
    ['sigmoidFocal', 1, x, [0, 0]],
    ['sigmoidFocal', 0, x, [0.75 * x, 0.75]],
    ['sigmoidFocal', 1, -x, [0.25 * x, -0.25]],
    ['sigmoidFocal', 0, x, [0.75 * x, 0.75], { gamma: 0 }],
    ['asymmetric', 0, -x, [0, 0], noClip],
    ['asymmetric', 0, -x, [0, 0]],
    ['asymmetric', 1, x, [0, 0]],
    ['asymmetric', 0, x, [x, 1], noClip],
    ['asymmetric', 1, -x, [x, -1]],
    ['poissonNll', 0, -x, [0, 0]],
    ['poissonNll', 0, x, [Infinity, Infinity]],
    ['poissonNll', 5, x, [Infinity, Infinity]],
    ['poissonNll', 0, x, [x, 1], { logInput: false }],
    ['poissonNll', 5, x, [x, 1], { logInput: false }],
    ['softMargin', 1, x, [0, 0]],
    ['softMargin', 1, -x, [x, -1]],
    ['hinge', 1, x, [0, 0]],
    ['hinge', 1, -x, [x, -1]],
    ['squaredHinge', 1, x, [0, 0]],
    ['squaredHinge', 1, -x, [Infinity, -Infinity]],
    ['huber', 0, x, [x, 1]],
    ['smoothL1', 0, -x, [x, -1]],
    ['logCosh', 0, -x, [x, -1]],
    ['meanAbsoluteError', 0, -x, [x, -1]],
    ['meanAbsolutePercentageError', 100, -x, [x, -1]],
    ['meanSquaredError', 0, x, [Infinity, Infinity]],
    ['quantile', 0, x, [0.5 * x, 0.5]],
    ['quantile', 0, -x, [0.5 * x, -0.5]],
  ]);
  it.each(rows)('%s of the label %d and the prediction %d is %j', async (name, y, x, want, options) => {
    const got = await found(name, y, x, options);
    got.forEach((value, i) => {
      if (Number.isFinite(want[i])) expect(value / (want[i] || 1)).toBeCloseTo(want[i] === 0 ? 0 : 1, 5);
      else expect(value).toBe(want[i]);
    });
  });
});

describe('distributions', () => {
  const y = tf.tensor2d([
    [0, 1, 0],
    [0.5, 0.25, 0.25],
  ]);
  const z = tf.tensor2d([
    [1, 2, -1],
    [0, 3, 0.5],
  ]);
  const each = { reduction: 'none' } as const;

  it('agree with the cross-entropy where they are the same', async () => {
    const want = exported.softmaxCrossEntropy(y, z, each);
    await expectClose(exported.softmaxFocal(y, z, { gamma: 0, ...each }), want);
    await expectClose(exported.polyLoss(y, z, { epsilon: 0, ...each }), want);
    const entropy = tf.neg(tf.sum(tf.mul(y, tf.log(tf.maximum(y, 1e-30))), 1));
    const divergence = exported.klDivergence(y, tf.logSoftmax(z), each);
    await expectClose(tf.add(divergence, entropy), want);
    const noTeacher = { teacherWeight: 0, ...each };
    await expectClose(exported.distillation({ labels: y, teacher: z }, z, noTeacher), want);
    const plain = { gammaNegative: 0, gammaPositive: 0, clip: 0, ...each };
    const binary = exported.binaryCrossEntropyWithLogits(y, z, each);
    await expectClose(exported.asymmetric(y, z, plain), binary);
  });

  it('are finite for logits of ±80 and −∞, with their gradients', async () => {
    const ends = tf.tensor2d([
      [80, -80, -Infinity],
      [-80, 80, 0],
    ]);
    for (const loss of [exported.softmaxFocal, exported.polyLoss]) {
      for (const labels of [
        [0, 1],
        [1, 0],
      ]) {
        const [value, gradient] = [loss(labels, ends), tf.grad((z: tf.Tensor) => loss(labels, z))(ends)];
        expect([...(await value.data()), ...(await gradient.data())].every(Number.isFinite)).toBe(true);
      }
    }
    await expectClose(exported.klDivergence([[1, 0]], [[0, -Infinity]]), 0);
    await expectClose(exported.klDivergence([[0, 1]], [[0, -Infinity]]), Infinity);
    const logs = { logLabels: true };
    await expectClose(exported.klDivergence([[0, -Infinity]], [[0, -Infinity]], logs), 0);
    await expectClose(exported.jensenShannon([[1, 0]], [[0, 1]]), Math.LN2);
    const slope = await tf
      .grad((p: tf.Tensor) => exported.jensenShannon([[1, 0]], p))(tf.tensor2d([[0, 1]]))
      .data();
    expect(slope.every(Number.isFinite)).toBe(true);
    const soft = (z: tf.Tensor) => exported.distillation({ labels: [0, 1], teacher: ends }, z);
    await expectClose(soft(ends), 0);
    await expectClose(tf.grad(soft)(ends), [0, 0, 0, 0, 0, 0]);
  });

  it.each([
    ['a class that is none', () => exported.softmaxFocal(tf.tensor1d([3, 1]), z, each)],
    [
      'a label that is none',
      () =>
        exported.polyLoss(
          tf.tensor2d([
            [2, 0, 0],
            [0, 1, 0],
          ]),
          z,
          each,
        ),
    ],
    [
      'a label that is none',
      () =>
        exported.sparsemaxLoss(
          tf.tensor2d([
            [-1, 2, 0],
            [0, 1, 0],
          ]),
          z,
          each,
        ),
    ],
    [
      'logits for logarithms',
      () =>
        exported.klDivergence(
          [
            [0, 1],
            [0, 1],
          ],
          [
            [1, 2],
            [-1, -2],
          ],
          each,
        ),
    ],
    [
      'labels for logarithms',
      () =>
        exported.klDivergence(
          [
            [0, 1],
            [0, -1],
          ],
          [
            [-1, -2],
            [-1, -2],
          ],
          { logLabels: true, ...each },
        ),
    ],
    ['a negative variance', () => exported.gaussianNll([1, 1], { mean: [1, 1], variance: [-1, 1] }, each)],
    ['a class of 3', () => exported.distillation({ labels: tf.tensor1d([3, 1]), teacher: z }, z, each)],
  ])('are NaN for %s, and only there (%#)', async (_, loss) => {
    const values = await loss().data();
    expect(values[0]).toBeNaN();
    expect(Number.isFinite(values[1])).toBe(true);
  });

  it.each([
    [() => exported.distillation([0] as never, z), 'distillation: labels is [0]; give { labels, teacher }'],
    [
      () => exported.distillation({ labels: [0, 1], teachers: z } as never, z),
      'distillation: labels has "teachers"; did you mean teacher? give { labels, teacher }',
    ],
    [
      () => exported.distillation({ labels: [0, 1] } as never, z),
      'distillation: labels.teacher is missing; give { labels, teacher }',
    ],
    [
      () => exported.distillation({ teacher: z }, z),
      'distillation: labels.labels is missing and teacherWeight is 0.25; give { labels, teacher }, or teacherWeight: 1',
    ],
    [
      () => exported.distillation({ labels: [0, 1, 1], teacher: z }, z),
      'distillation: logits have shape [2,3] but labels.labels have shape [3]; give class indices of shape [2], or distributions of shape [2,3]',
    ],
    [
      () => exported.distillation({ labels: [0, 3], teacher: z }, z),
      'distillation: labels have 3; give class indices, integers from 0 to 2',
    ],
    [
      () => exported.gaussianNll([1], { mean: [1], variance: [1, 1] }),
      'gaussianNll: labels have shape [1] but predictions.variance has shape [2]; give both the same shape',
    ],
    [
      () => exported.gaussianNll([1], [1] as never),
      'gaussianNll: predictions is [1]; give { mean, variance }',
    ],
    [
      () => exported.featureDistillation([1], [1]),
      'featureDistillation: features have shape [1]; give [batch, …] with at least one axis of features',
    ],
    [
      () => exported.klDivergence([1], [1]),
      'klDivergence: predictions have shape [1], and the only class always has probability 1',
    ],
    [
      () => exported.softmaxFocal([0, 1], z, { classWeights: [1, 2] }),
      'softmaxFocal: classWeights have shape [2] but there are 3 classes; give one weight for each class',
    ],
    [
      () => exported.softmaxFocal([0, 1], z, { classWeights: [1, -1, 1] }),
      'softmaxFocal: one of classWeights is -1; give 0 or numbers from 1e-45 to 3.4e38',
    ],
  ])('reject %#', (call, message) => expect(call).toThrow(message));
});

describe('margins', () => {
  it('of two scores and of labels are the hinge loss where they are the same', async () => {
    const [y, a, b] = [tf.tensor1d([1, -1, 1]), tf.tensor1d([0.5, 2, 3]), tf.tensor1d([0.25, -1, -2])];
    await expectClose(exported.marginRanking(y, [a, b], { margin: 1 }), exported.hinge(y, tf.sub(a, b)));
    const binary = exported.binaryCrossEntropyWithLogits(tf.relu(y), a);
    await expectClose(exported.multiLabelSoftMargin(tf.relu(y), a), binary);
  });

  it.each([
    [
      () => exported.marginRanking([1], [[1]] as never),
      'marginRanking: predictions is an array of 1 entries; give an array of two tensors, [first, second]',
    ],
    [
      () => exported.marginRanking([1], [[1], [1, 2]]),
      'marginRanking: predictions[0] has shape [1] but predictions[1] has shape [2]; give both the same shape',
    ],
    [
      () => exported.marginRanking([1], tf.ones([2]) as never),
      'marginRanking: predictions is a tensor float32 [2]; give an array of two tensors',
    ],
    [
      () => exported.multiMargin([[1, 0]], [[1, 0]]),
      'multiMargin: scores have shape [1,2] but labels have shape [1,2]; give class indices of shape [1]',
    ],
    [() => exported.multiMargin([1], [[1, 0]], { p: 3 as never }), 'multiMargin: p is 3; give 1 or 2'],
    [
      () => exported.multiLabelMargin(1, 1),
      'multiLabelMargin: scores have shape []; give [batch, …, labels] of at least one label',
    ],
  ])('reject %#', (call, message) => expect(call).toThrow(message));
});

describe('embeddings', () => {
  const { contrastive, cosineEmbedding, cosineSimilarity, infoNce, supervisedContrastive, tripletMargin } =
    exported;
  const ends = tf.tensor2d([
    [0, 0, 0],
    [3e38, -3e38, 1],
    [1e-30, 0, 0],
    [80, -80, 0],
  ]);
  const two = tf.slice(ends, 0, 2);
  const none = { reduction: 'none' } as const;

  it('are finite for zeros and for the largest and smallest numbers, with their gradients', async () => {
    const half = tf.mul(ends, 0.25);
    for (const loss of [
      (p: tf.Tensor) => cosineSimilarity(ends, p),
      (p: tf.Tensor) => cosineEmbedding([1, -1, 1, -1], [ends, p]),
      (p: tf.Tensor) => infoNce(ends, p),
      (p: tf.Tensor) => supervisedContrastive([0, 1, 0, 1], p),
    ]) {
      for (const value of [loss(half), tf.grad(loss)(half)]) {
        expect((await value.data()).every(Number.isFinite)).toBe(true);
      }
    }
    // Squares of these overflow; distances do not.
    const far = (p: tf.Tensor) => tripletMargin({ positive: tf.zerosLike(p), negative: p }, p, none);
    await expectClose(far(tf.tensor2d([[3e25, 4e25]])), 5e25, { relative: 1e-5 });
    await expectClose(contrastive([-1], [[[3e15, 4e15]], [[0, 0]]]), 0);
  });

  it('at the same place have no gradient, where the distance has none', async () => {
    const loss = (p: tf.Tensor) => contrastive([-1, 1], [p, tf.ones([2, 3])]);
    await expectClose(loss(tf.ones([2, 3])), 0.25);
    await expectClose(tf.grad(loss)(tf.ones([2, 3])), [0, 0, 0, 0, 0, 0]);
  });

  it('of weight 0 are no negatives and no positives of others', async () => {
    const [y, p] = [tf.randomNormal([5, 4], 0, 1, 'float32', 1), tf.randomNormal([5, 4], 0, 1, 'float32', 2)];
    const weights = [1, 1, 0, 1, 0];
    const kept = (x: tf.Tensor) => tf.gather(x, [0, 1, 3]);
    for (const symmetric of [false, true]) {
      await expectClose(infoNce(y, p, { weights, symmetric }), infoNce(kept(y), kept(p), { symmetric }));
    }
    await expectClose(
      supervisedContrastive([0, 0, 0, 1, 1], p, { weights }),
      supervisedContrastive([0, 0, 1], kept(p)),
    );
  });

  it('of two views give the NT-Xent loss, and do not depend on the order of the batch', async () => {
    const [a, b] = [tf.randomNormal([3, 4], 0, 1, 'float32', 3), tf.randomNormal([3, 4], 0, 1, 'float32', 4)];
    const z = tf.concat([a, b]);
    const ofRow = (i: number) => {
      const unit = tf.div(z, tf.norm(z, 2, 1, true));
      const scores = tf.div(tf.sum(tf.mul(unit, tf.slice(unit, [i, 0], [1, 4])), 1), 0.5);
      const others = [0, 1, 2, 3, 4, 5].filter((j) => j !== i);
      return tf.sub(tf.logSumExp(tf.gather(scores, others)), tf.gather(scores, (i + 3) % 6));
    };
    const want = tf.stack([0, 1, 2, 3, 4, 5].map(ofRow));
    const options = { temperature: 0.5, ...none };
    await expectClose(supervisedContrastive([0, 1, 2, 0, 1, 2], z, options), want);
    const order = [3, 0, 5, 1, 2, 4];
    const shuffled = supervisedContrastive([0, 0, 2, 1, 2, 1], tf.gather(z, order), options);
    await expectClose(shuffled, tf.gather(want, order));
  });

  it.each([
    ['labels of 0', () => contrastive([0, 1], [two, two], none)],
    ['labels of 0', () => cosineEmbedding([0, 1], [two, two], none)],
    ['labels that are no classes', () => supervisedContrastive([0.5, 1], two, none)],
    ['labels that are no classes', () => supervisedContrastive([Infinity, 1], two, none)],
  ])('are NaN for %s, and only there (%#)', async (_, loss) => {
    const values = await loss().data();
    expect(values[0]).toBeNaN();
    expect(Number.isFinite(values[1])).toBe(true);
  });

  it.each([
    [
      () => infoNce(tf.ones([2, 2, 3]), tf.ones([2, 2, 3])),
      'infoNce: predictions have shape [2,2,3]; give [batch, features], one vector for each example',
    ],
    [
      () =>
        supervisedContrastive(
          [0, 1, 1],
          [
            [1, 0],
            [0, 1],
          ],
        ),
      'supervisedContrastive: embeddings have shape [2,2] but labels have shape [3]; give labels of shape [2]',
    ],
    [
      () => cosineEmbedding([[1]], [[[1, 0]], [[1, 0]]]),
      'cosineEmbedding: predictions[0] has shape [1,2] but labels have shape [1,1]; give labels of shape [1]',
    ],
    [
      () => tripletMargin({ positive: [[1]] } as never, [[1]]),
      'tripletMargin: labels.negative is missing; give { positive, negative }',
    ],
    [
      () => tripletMargin({ positive: [[1]], negative: [[1, 2]] }, [[1]]),
      'tripletMargin: predictions have shape [1,1] but labels.negative has shape [1,2]; give both the same shape',
    ],
    [
      () => cosineSimilarity(1, 1),
      'cosineSimilarity: predictions have shape []; give [batch, …, features] of at least one feature',
    ],
  ])('reject %#', (call, message) => expect(call).toThrow(message));
});

describe('masks', () => {
  const { dice, tversky } = exported;
  const [y, p] = [tf.tensor3d([1, 0, 0, 1], [1, 2, 2]), tf.tensor3d([0.5, 0.25, 0.5, 1], [1, 2, 2])];

  it('that are empty and predicted empty have no loss, and the same losses where they agree', async () => {
    await expectClose(dice(tf.zeros([2, 3, 1]), tf.zeros([2, 3, 1])), 0);
    await expectClose(tversky(tf.zeros([2, 3, 1]), tf.zeros([2, 3, 1])), 0);
    await expectClose(tversky(y, p, { smooth: 0.5 }), dice(y, p, { smooth: 1 }));
    // The Jaccard index of a mask and itself is 1.
    await expectClose(tversky(y, y, { alpha: 1, beta: 1 }), 0);
  });

  it('sum each example and class separately, and weigh both', async () => {
    const each = dice(y, p, { reduction: 'none', smooth: 1e-30 });
    await expectClose(each, [1 - 1 / 2, 1 - 2 / 2.25]);
    await expectClose(dice(y, p, { weights: [[0, 3]], smooth: 1e-30 }), 1 - 2 / 2.25);
  });

  it.each([
    [
      () => dice([[1]], [[1]]),
      'dice: probabilities have shape [1,1]; give [batch, …, classes] with positions in between',
    ],
    [() => tversky(y, p, { alpha: -1 }), 'tversky: alpha is -1; give a finite number of at least 0'],
  ])('reject %#', (call, message) => expect(call).toThrow(message));
});

describe('sequences', () => {
  const { ctc } = exported;
  const z = tf.reshape(tf.sin(tf.range(0, 12)), [1, 4, 3]);
  const at = (labels: exported.CtcLabels, options?: exported.CtcOptions) => ({
    value: ctc(labels, z, options),
    gradient: tf.grad((z: tf.Tensor) => ctc(labels, z, options))(z),
  });

  it('have the probability of all their paths', async () => {
    const p = (await tf.softmax(z).array()) as number[][][];
    const probability = new Map<string, number>();
    for (let path = 0; path < 81; path++) {
      const classes = [0, 1, 2, 3].map((t) => Math.floor(path / 3 ** t) % 3);
      const labels = classes.filter((c, t) => c !== 0 && c !== classes[t - 1]).join();
      const product = classes.reduce((product, c, t) => product * p[0]![t]![c]!, 1);
      probability.set(labels, (probability.get(labels) ?? 0) + product);
    }
    for (const labels of [[], [1], [1, 1], [1, 2], [2, 1, 2]]) {
      const length = { labels: [[...labels, 0, 0]], labelLengths: [labels.length] };
      await expectClose(ctc(length, z), -Math.log(probability.get(labels.join())!));
    }
    const empty = { labels: tf.zeros([1, 0]) };
    await expectClose(ctc(empty, z), -Math.log(probability.get('')!));
  });

  it('that do not fit into their input have an infinite loss, or 0 for zeroInfinity', async () => {
    const long = { labels: [[1, 1, 1]] };
    expect(await at(long).value.array()).toBe(Infinity);
    const { value, gradient } = at(long, { zeroInfinity: true });
    expect(await value.array()).toBe(0);
    await expectClose(gradient, new Array(12).fill(0));
    expect(await ctc({ labels: [[1]] }, [[[0, -Infinity]]]).array()).toBe(Infinity);
    await expectClose(ctc({ labels: [[1]] }, [[[-Infinity, 0]]]), 0);
  });

  it('do not depend on what follows their ends', async () => {
    const lengths = { labelLengths: [1], inputLengths: [2] };
    const { value, gradient } = at({ labels: [[1, 99]], ...lengths });
    await expectClose(value, ctc({ labels: [[1]] }, tf.slice(z, 0, [1, 2, 3])));
    await expectClose(tf.slice(gradient, [0, 2, 0], [1, 2, 3]), [0, 0, 0, 0, 0, 0]);
  });

  it.each([
    ['the blank among labels', { labels: [[1, 0]] }],
    ['a label that is no class', { labels: [[1, 3]] }],
    ['a label that is no class', { labels: [[0.5, 1]] }],
    ['a length above the number of labels', { labels: [[1, 2]], labelLengths: [3] }],
    ['a length above the number of steps', { labels: [[1, 2]], inputLengths: [5] }],
    ['no input', { labels: [[1, 2]], inputLengths: [0] }],
  ])('are NaN, with the gradient, for %s', async (_, labels) => {
    const { value, gradient } = at(labels);
    expect((await value.data())[0]).toBeNaN();
    expect((await gradient.data())[0]).toBeNaN();
  });

  it.each([
    [() => ctc({ labels: [[1]] }, [[1, 2]]), 'ctc: logits have shape [1,2]; give [batch, steps, classes]'],
    [
      () => ctc({ labels: [1] }, z),
      'ctc: logits have shape [1,4,3] but labels.labels have shape [1]; give labels of shape [1, labels]',
    ],
    [
      () => ctc({ labels: [[1]], inputLengths: [1, 2] }, z),
      'ctc: logits have shape [1,4,3] but labels.inputLengths have shape [2]; give labels.inputLengths of shape [1]',
    ],
    [
      () => ctc({ labels: [[1]] }, z, { blank: 3 }),
      'ctc: blank is 3 but there are 3 classes; give an integer from 0 to 2',
    ],
    [
      () => ctc([[1]] as never, z),
      'ctc: labels is an array of 1; give { labels, labelLengths, inputLengths }',
    ],
  ])('reject %#', (call, message) => expect(call).toThrow(message));
});

describe('the domain of a loss', () => {
  const losses = Object.entries(exported).filter(([, loss]) => (loss as exported.Loss).domain) as unknown as [
    string,
    exported.Loss,
  ][];

  it('is declared by the losses that are not defined everywhere', () => {
    expect(losses.map(([name]) => name).sort()).toEqual([
      'asymmetric',
      'binaryCrossEntropy',
      'binaryCrossEntropyWithLogits',
      'contrastive',
      'cosineEmbedding',
      'crossEntropy',
      'dice',
      'hinge',
      'hingeEmbedding',
      'jensenShannon',
      'klDivergence',
      'marginRanking',
      'meanSquaredLogarithmicError',
      'multiLabelMargin',
      'multiLabelSoftMargin',
      'poissonNll',
      'sigmoidFocal',
      'softMargin',
      'softmaxCrossEntropy',
      'sparseCrossEntropy',
      'squaredHinge',
      'supervisedContrastive',
      'tversky',
    ]);
  });

  it.each(losses)('%s is finite inside and NaN outside', async (name, loss) => {
    const { y, p } = readCase(smooth.find(([of]) => of === name)![1]);
    // The labels or predictions whose first number is x.
    const startAt = (x: number, side: Side<tf.Tensor>) => {
      const [one] = list(side) as [tf.Tensor];
      const isFirst = tf.equal(tf.reshape(tf.range(0, one.size), one.shape), 0);
      return map(side, (t) => (t === one ? tf.where(isFirst, tf.fill(t.shape, x), t) : t)) as tf.Tensor;
    };
    for (const x of [-3, -1.5, -0.5, 0, 0.25, 1, 1.5, 3]) {
      for (const [where, range] of [
        ['labels', loss.domain!.labels],
        ['predictions', loss.domain!.predictions],
      ] as const) {
        if (!range) continue;
        const value =
          where === 'labels' ? loss(startAt(x, y), p as tf.Tensor) : loss(y as tf.Tensor, startAt(x, p));
        expect(Number.isNaN((await value.data())[0]), `${where} ${x}`).toBe(!range.accepts(x));
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
