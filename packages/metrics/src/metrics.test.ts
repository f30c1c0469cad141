import { finite } from '@tenfold/checks';
import { expectClose, expectNoLeaks, goldens } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { MetricValue } from './index';
import * as exported from './index';

interface Case {
  options: object;
  labels: number[];
  labelsShape: number[];
  predictions: number[];
  shape: number[];
  weights: number[] | null;
  value: MetricValue;
}
type Any = exported.Metric<object, MetricValue>;
const { defineMetric, ...others } = exported;
const metrics = { ...others } as unknown as { [name: string]: Any };
const files = goldens<Case[]>(new URL('../goldens/', import.meta.url));
// A new metric joins every test below by its export and its golden file.
const cases = Object.entries(files).flatMap(([name, all]) =>
  all.map(
    (c, i) => [`${name} ${i} ${JSON.stringify(c.options)}${c.weights ? ' weighted' : ''}`, name, c] as const,
  ),
);
const of = (c: Case) => [tf.tensor(c.labels, c.labelsShape), tf.tensor(c.predictions, c.shape)] as const;
const flat = (value: MetricValue): number[] => [value].flat(3) as number[];
const isClose = async (value: MetricValue, want: MetricValue, relative = 1e-5) => {
  expect(shapeOf(value)).toEqual(shapeOf(want));
  await expectClose(flat(value), flat(want), { absolute: 1e-6, relative });
};
const shapeOf = (value: MetricValue): number[] =>
  typeof value === 'number' ? [] : [value.length, ...(value.length > 0 ? shapeOf(value[0]!) : [])];
const rows = (t: tf.Tensor, from: number, count: number) =>
  tf.slice(t, [from, ...t.shape.slice(1).map(() => 0)], [count, ...t.shape.slice(1)]);

it('has golden values for every export, and an export for every golden file', () => {
  expect(Object.keys(files)).toEqual(Object.keys(metrics).sort());
  for (const [name, metric] of Object.entries(metrics)) expect(metric.name).toBe(name);
});

describe.each(cases)('%s', (_, name, c) => {
  const metric = metrics[name]!;
  const [y, p] = of(c);
  const weights = c.weights ?? undefined;

  it('has the reference value, as a function and alone', async () => {
    await isClose(await metric(y, p, { ...c.options, ...(weights && { weights }) }), c.value);
    const alone = metric.start(c.options);
    alone.update(y, p, weights);
    await isClose(await alone.result(), c.value);
  });
});

// The first case of each metric that has several examples.
const first = Object.entries(files).map(
  ([name, all]) => [name, all.find((c) => c.labelsShape[0]! > 4)!] as const,
);

describe.each(first)('%s', (name, c) => {
  const metric = metrics[name]!;
  const [y, p] = of(c);
  const n = y.shape[0]!;
  const nan = (value: MetricValue) => flat(value).length > 0 && flat(value).every(Number.isNaN);

  it('is the same over batches of any sizes and in any order of batches', async () => {
    const variants = files[name]!.filter((c) => c.labelsShape[0]! === n);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...variants),
        fc.array(fc.integer({ min: 1, max: n - 1 }), { maxLength: 4 }),
        fc.boolean(),
        async (c, at, isReversed) => {
          const [y, p] = of(c);
          const w = c.weights && tf.tensor(c.weights);
          const cuts = [0, ...new Set(at.sort((a, b) => a - b)), n];
          const ranges = cuts.slice(1).map((end, i) => [cuts[i]!, end - cuts[i]!] as const);
          const metric = metrics[name]!.start(c.options);
          for (const [from, count] of isReversed ? ranges.reverse() : ranges) {
            metric.update(rows(y, from, count), rows(p, from, count), w ? rows(w, from, count) : undefined);
          }
          await isClose(await metric.result(), c.value);
        },
      ),
      { numRuns: tf.getBackend() === 'webgpu' ? 3 : 15, seed: 1 },
    );
  });

  it('can be resumed from its state as JSON, and starts anew after a reset', async () => {
    const { rule } = metric.with(c.options);
    let state = rule.empty;
    for (const [from, count] of [
      [0, 3],
      [3, n - 3],
    ] as const) {
      const measured = rule.measure(rows(y, from, count), rows(p, from, count));
      state = rule.add(JSON.parse(JSON.stringify(state)), await measured.data());
    }
    const whole = await metric(y, p, c.options);
    await isClose(rule.result(state), whole, 1e-12);
    const alone = metric.start(c.options);
    alone.update(rows(y, 0, 2), rows(p, 0, 2));
    alone.reset();
    alone.update(y, p);
    await isClose(await alone.result(), whole, 1e-12);
  });

  it('takes arrays and tensors of other dtypes, and has the same value', async () => {
    const whole = await metric(y, p, c.options);
    const arrays = [await y.array(), await p.array()] as [tf.TensorLike, tf.TensorLike];
    await isClose(await metric(...arrays, c.options), whole, 1e-12);
    if ((await y.data()).every(Number.isInteger)) {
      await isClose(await metric(tf.cast(y, 'int32'), p, c.options), whole, 1e-12);
    }
  });

  it('reads what it is given before it is disposed, and leaves no tensor, also on errors', async () => {
    await expectNoLeaks(() => metric(y, p, c.options).then(() => {}));
    await expectNoLeaks(async () => {
      const metric = metrics[name]!.start(c.options);
      for (let i = 0; i < 3; i++) {
        const batch = [tf.clone(y), tf.clone(p)] as const;
        metric.update(...batch);
        tf.dispose(batch as unknown as tf.Tensor[]);
      }
      const result = await metric.result();
      expect(() => metric.update([[[1, 2, 3]]], p)).toThrow(new RegExp(`^${name}: `));
      expect(() => metric.update(y, p, [1, 2, 3])).toThrow(
        `${name}: weights have shape [3] but the examples`,
      );
      await isClose(await metric.result(), result, 0);
    });
    await expectNoLeaks(async () => {
      const alone = metric.start(c.options);
      tf.tidy(() => alone.update(y, p));
      await alone.result();
    });
  });

  it('is NaN once a prediction is NaN, in any batch, unless its weight is 0', async () => {
    const values = Float32Array.from(await p.data());
    const size = values.length / n;
    const bad = tf.tensor(values.fill(Number.NaN, size, 2 * size), p.shape);
    const metric = metrics[name]!.start(c.options);
    metric.update(y, bad);
    metric.update(y, p);
    expect(nan(await metric.result())).toBe(true);
    metric.reset();
    const weights = Array.from({ length: n }, (_, i) => (i === 1 ? 0 : 1));
    metric.update(y, bad, weights);
    await isClose(await metric.result(), await metrics[name]!(y, p, { ...c.options, weights }), 1e-12);
  });

  it('is NaN for a label that is NaN, and for a weight that is', async () => {
    expect(nan(await metric(tf.fill(y.shape, Number.NaN), p, c.options))).toBe(true);
    for (const bad of [Number.NaN, -1, Infinity]) {
      const weights = Array.from({ length: n }, (_, i) => (i === 1 ? bad : 1));
      expect(nan(await metric(y, p, { ...c.options, weights: tf.tensor(weights) }))).toBe(true);
      await expect(metric(y, p, { ...c.options, weights })).rejects.toThrow(
        `${name}: a weight is ${bad}; give`,
      );
    }
  });

  it('has weights that count as repetitions', async () => {
    const weights = Array.from({ length: n }, (_, i) => (i === 0 ? 3 : 1));
    const repeated = (t: tf.Tensor) => tf.concat([t, rows(t, 0, 1), rows(t, 0, 1)]);
    await isClose(
      await metric(y, p, { ...c.options, weights }),
      await metric(repeated(y), repeated(p), c.options),
      1e-6,
    );
  });

  it('is NaN without examples, or a matrix of 0', async () => {
    const none = [
      await metric.start(c.options).result(),
      await metric(rows(y, 0, 0), rows(p, 0, 0), c.options),
    ];
    for (const value of none)
      expect(flat(value).every((x) => Number.isNaN(x) || (name === 'confusionMatrix' && x === 0))).toBe(true);
  });

  it('rejects wrong arguments, shows the value and says how to fix it', async () => {
    const calls: [() => Promise<unknown>, RegExp][] = [
      [() => metric(undefined as never, p), /: labels is missing; give a tensor/],
      [() => metric(y, undefined as never), /: predictions is missing; give a tensor/],
      [() => metric(y, p, { weight: 1 } as never), /: there is no option "weight"; did you mean weights\?/],
      [() => metric(y, p, 1 as never), /: options is 1; give a plain object/],
      [() => metric(tf.ones([7, 3]), p), /: .*have shape .* but labels have shape \[7,3\]; /],
      [() => metric(y, p, { ...c.options, weights: 'a' }), /: weights is "a"; give a tensor/],
    ];
    for (const [call, message] of calls) {
      await expect(call()).rejects.toThrow(new RegExp(`^${name}${message.source}`));
    }
    expect(() =>
      metric.with({ average: 'all', k: 0, bins: 0, threshold: '1', weights: [1] } as never),
    ).toThrow(new RegExp(`^${name}: there is no option`));
  });
});

const accepts = (call: () => unknown) => {
  try {
    call();
    return true;
  } catch {
    return false;
  }
};

const scores = [
  [1, 2],
  [3, 0],
  [0, 1],
  [5, 4],
];

describe('labels that are not classes', () => {
  const { accuracy, binaryAccuracy, f1 } = exported;

  it.each([
    ['out of range', [1, 0, 2, 0]],
    ['negative', [1, 0, -1, 0]],
    ['NaN', [1, 0, Number.NaN, 0]],
    ['a fraction', [1, 0, 0.7, 0]],
    [
      'no class at all',
      [
        [0, 1],
        [1, 0],
        [0, 0],
        [1, 0],
      ],
    ],
    [
      'no distribution',
      [
        [0, 1],
        [1, 0],
        [5, 2],
        [1, 0],
      ],
    ],
    [
      'a distribution of sum 2',
      [
        [0, 1],
        [1, 0],
        [1, 1],
        [1, 0],
      ],
    ],
    [
      'infinite',
      [
        [0, 1],
        [1, 0],
        [Infinity, 0],
        [1, 0],
      ],
    ],
    [
      'NaN among probabilities',
      [
        [0, 1],
        [1, 0],
        [Number.NaN, Number.NaN],
        [1, 0],
      ],
    ],
  ])('give NaN: %s', async (_, labels) => {
    expect(await accuracy(labels as number[], scores)).toBeNaN();
    expect(await f1(labels as number[], scores)).toBeNaN();
    expect(await f1(labels as number[], scores, { average: 'none' })).toEqual([Number.NaN, Number.NaN]);
    for (const metric of [exported.confusionMatrix, exported.expectedCalibrationError, exported.logLoss]) {
      const value = await metric(labels as number[], tf.softmax(tf.tensor2d(scores)) as never);
      expect(flat(value).every(Number.isNaN), metric.name).toBe(true);
    }
    const probabilities = tf.softmax(tf.tensor2d(scores));
    expect(await exported.topKAccuracy(labels as number[], probabilities, { k: 1 })).toBeNaN();
  });

  it('give NaN where only 0 and 1 are labels', async () => {
    expect(await binaryAccuracy([2], [1], { threshold: 0 })).toBeNaN();
    expect(await binaryAccuracy([0.5, 0], [1, 1], { threshold: 0 })).toBeNaN();
  });

  it('have no index to ignore where they are probabilities', async () => {
    const labels = [
      [1, 0],
      [0, 1],
    ];
    const takers = Object.values(metrics).filter(
      (metric) => metric.name !== 'bleu' && accepts(() => metric.with({ ignoreIndex: 1 } as object)),
    );
    expect(takers.length).toBeGreaterThan(8);
    for (const metric of takers) {
      await expect(
        metric(labels, labels, { ignoreIndex: 1, ...(metric.name === 'topKAccuracy' && { k: 1 }) } as object),
      ).rejects.toThrow(
        `${metric.name}: ignoreIndex is 1 but labels are probabilities, of shape [2,2]; give class indices, or weights of 0`,
      );
    }
  });

  it('are ignored if they are ignoreIndex', async () => {
    expect(await accuracy([1, 0, -100, 0], scores, { ignoreIndex: -100 })).toBe(1);
    expect(await f1([1, 0, 2, 1], scores, { ignoreIndex: 2 })).toBeCloseTo(2 / 3);
    expect(
      await exported.perplexity(
        [0, 2],
        [
          [1, 0],
          [0, 1],
        ],
        { ignoreIndex: 2 },
      ),
    ).toBe(1);
  });
});

describe('predictions', () => {
  it('may be infinite scores', async () => {
    expect(await exported.accuracy([0], [[1, Number.NEGATIVE_INFINITY]])).toBe(1);
    expect(await exported.topKAccuracy([2], [[1, Infinity, -Infinity]], { k: 2 })).toBe(0);
    expect(await exported.rocAuc([0, 1], [-Infinity, Infinity])).toBe(1);
  });

  it.each(['logLoss', 'expectedCalibrationError', 'perplexity'])(
    'of %s are probabilities, or NaN',
    async (name) => {
      expect(await metrics[name]!([0], [[1.5, -0.5]])).toBeNaN();
      expect(await metrics[name]!([0], [[1.5, -0.5]], { fromLogits: true } as object)).toBeGreaterThanOrEqual(
        0,
      );
    },
  );

  it('of certain mistakes have a large but finite log loss, or an infinite one from logits', async () => {
    expect(await exported.logLoss([0], [[0, 1]])).toBeCloseTo(-Math.log(1e-7), 3);
    expect(await exported.logLoss([0], [[-Infinity, 0]], { fromLogits: true })).toBe(Infinity);
    expect(await exported.logLoss([1], [-1000], { fromLogits: true })).toBe(1000);
  });

  it('of equal scores count as the first class', async () => {
    const equal = [[1, 1]];
    expect(await exported.accuracy([0], equal)).toBe(1);
    expect(await exported.topKAccuracy([1], equal, { k: 1 })).toBe(0);
  });
});

describe('values that are not defined', () => {
  const { averagePrecision, f1, precision, recall, rocAuc, rSquared } = exported;
  const logits = { threshold: 0 };

  it('are NaN', async () => {
    expect(await precision([1, 0], [-1, -1], logits)).toBeNaN();
    expect(await recall([0, 0], [1, -1], logits)).toBeNaN();
    expect(await f1([0, 0], [-1, -1], logits)).toBeNaN();
    expect(await f1([1, 0], [-1, -1], logits)).toBe(0);
    expect(await rocAuc([1, 1], [1, 2])).toBeNaN();
    expect(await rocAuc([0, 0], [1, 2])).toBeNaN();
    expect(await averagePrecision([0, 0], [1, 2])).toBeNaN();
    expect(await averagePrecision([1, 1], [1, 2])).toBe(1);
    expect(await rSquared([2, 2], [2, 2])).toBeNaN();
    expect(await rSquared([2], [3])).toBeNaN();
  });

  it('are left out of averages', async () => {
    const three = [
      [2, 1, 0],
      [2, 1, 0],
    ];
    expect(await precision([0, 1], three, { average: 'none' })).toEqual([0.5, Number.NaN, Number.NaN]);
    expect(await precision([0, 1], three)).toBe(0.5);
    expect(await recall([0, 1], three)).toBe(0.5);
  });
});

describe('one score per example', () => {
  it('takes a threshold but no average, and scores of classes the reverse', async () => {
    const { f1 } = exported;
    await expect(f1([1, 0], [0.7, 0.2], { average: 'macro', threshold: 0.5 })).rejects.toThrow(
      /^f1: average is 'macro' but there is one score per example.*leave average out$/,
    );
    await expect(f1([1, 0, 0, 1], scores, { threshold: 0.5 })).rejects.toThrow(
      /^f1: threshold is 0.5 but there are 2 classes.*leave threshold out$/,
    );
    await expect(f1([1, 0], [1, 0], { ignoreIndex: 1 })).rejects.toThrow(
      /^f1: ignoreIndex is 1 but there is one score/,
    );
    // In float32, 0.1 is above the 0.1 of JavaScript.
    expect(await exported.binaryAccuracy([0], tf.tensor1d([0.1]), { threshold: 0.1 })).toBe(1);
  });

  it('needs a threshold, in every metric that compares them with one', async () => {
    const { binaryAccuracy, confusionMatrix, f1, meanIntersectionOverUnion, precision, recall } = exported;
    for (const metric of [
      binaryAccuracy,
      confusionMatrix,
      f1,
      meanIntersectionOverUnion,
      precision,
      recall,
    ]) {
      for (const predictions of [
        [0.9, 0.2],
        [[0.9], [0.2]],
      ]) {
        const labels = predictions.map((_, i) => i);
        await expect(metric(labels, predictions as number[])).rejects.toThrow(
          `${metric.name}: threshold is missing, and there is one score per example; give threshold: 0 for logits, or threshold: 0.5 for probabilities`,
        );
        expect(() => metric.rule.measure(tf.tensor1d(labels), tf.tensor(predictions))).toThrow(
          /threshold is missing/,
        );
      }
    }
  });

  it.each(['accuracy', 'topKAccuracy', 'perplexity'])('is refused by %s', async (name) => {
    for (const labels of [[0, 1, 2, 0], [0, 0, 1, 1], 1]) {
      await expect(metrics[name]!(labels, [0, 1, 2, 1])).rejects.toThrow(
        /: predictions have shape \[4\]; give scores of at least two classes on the last axis, \[batch, …, classes\]/,
      );
    }
  });

  it('must be one, and not two', async () => {
    await expect(exported.binaryAccuracy([1, 0], tf.zeros([2, 2]))).rejects.toThrow(
      /\[2,2\] but labels have shape \[2\]; give one score/,
    );
    await expect(exported.accuracy([1, 0], [[1], [2]])).rejects.toThrow(
      /\[2,1\]; give scores of at least two classes .* use binaryAccuracy/,
    );
    await expect(exported.accuracy(scores, [1, 0, 0, 1])).rejects.toThrow(
      /predictions have shape \[4\] but labels .* \[4,2\]; labels come first/,
    );
    await expect(exported.accuracy([[1, 0]], scores)).rejects.toThrow(
      /labels have shape \[1,2\]; give class indices of shape \[4\]/,
    );
    await expect(exported.topKAccuracy([1, 0, 0, 1], scores)).rejects.toThrow(
      /^topKAccuracy: k is 5 but there are 2 classes; give a k of at most 2/,
    );
  });
});

describe('a metric', () => {
  it('refuses batches with another number of classes', async () => {
    const alone = exported.f1.start();
    alone.update([0, 1, 0, 1], scores);
    alone.update([0], [[1, 2, 3]]);
    await expect(alone.result()).rejects.toThrow(
      /^f1: a batch has 3 classes or outputs but the earlier ones had 2; /,
    );
  });

  it('selects from several labels and predictions', async () => {
    const { rule } = exported.accuracy.select((ys: { digit: tf.Tensor }, outputs: { scores: tf.Tensor }) => ({
      labels: ys.digit,
      predictions: outputs.scores,
      weights: [1, 1, 1, 5],
    }));
    const measured = rule.measure({ digit: tf.tensor1d([1, 0, 1, 1]) }, { scores: tf.tensor2d(scores) });
    expect(rule.result(rule.add(rule.empty, await measured.data()))).toBe(3 / 8);
  });

  it('says what is wrong with a selection', () => {
    const y = tf.tensor1d([1]);
    expect(() => exported.accuracy.select(5 as never)).toThrow(
      'accuracy.select: choose is 5; give a function',
    );
    const wrong: [unknown, string][] = [
      [undefined, 'undefined'],
      [{ predictions: y }, 'an object without labels, of the keys predictions'],
      [{}, 'an object without labels, of the keys none'],
      [
        { labels: y, predictions: y, weight: y },
        'an object with weight, of the keys labels, predictions, weight',
      ],
    ];
    for (const [value, shown] of wrong) {
      const { rule } = exported.accuracy.select<tf.Tensor, tf.Tensor>(() => value as never);
      expect(() => rule.measure(y, y)).toThrow(
        `accuracy.select: choose returned ${shown}; return { labels, predictions }, with weights if there are any`,
      );
    }
  });

  it.each(Object.keys(metrics))('%s says that a state or measured values are none', (name) => {
    const { rule } = metrics[name]!;
    for (const bad of [undefined, null, 5, 'x', [], [0, 0], {}, [0, 0, undefined]] as never[]) {
      const state = new RegExp(`^${name}\\.rule\\.(add|result): state is .*; give the metric's rule.empty`);
      expect(() => rule.result(bad)).toThrow(state);
      expect(() => rule.add(bad, [1, 0])).toThrow(state);
    }
    for (const bad of [undefined, null, 5, 'x', [], {}, [0], [2, 0, 1]] as never[]) {
      expect(() => rule.add(rule.empty, bad)).toThrow(
        new RegExp(`^${name}\\.rule\\.add: values is .*; give the data of the tensor`),
      );
    }
  });

  it('keeps the variance of labels that are far from 0', async () => {
    const labels = [1e6, 1e6 + 1, 1e6 + 2, 1e6 + 3];
    expect(
      await exported.rSquared(
        labels,
        labels.map((label) => label + 0.5),
      ),
    ).toBeCloseTo(0.8, 10);
  });

  it('can be declared', async () => {
    const largestError = defineMetric({
      name: 'largestError',
      kinds: {},
      measure: (labels, predictions) => ({ columns: [tf.abs(tf.sub(labels, predictions))] }),
      start: 0,
      add: (largest, { columns: [errors] }) => Math.max(largest, ...errors),
      result: (largest) => largest,
    });
    expect(await largestError(tf.tensor1d([1, 2]), tf.tensor1d([4, 2]))).toBe(3);
    expectTypeOf(largestError).toEqualTypeOf<exported.Metric<object, number>>();
    // The other documented example: a state of several numbers.
    const meanError = defineMetric({
      name: 'meanError',
      kinds: {},
      measure: (labels, predictions) => ({ columns: [tf.sub(predictions, labels)] }),
      start: [0, 0],
      add: ([sum, count], { columns: [errors] }) => [
        errors.reduce((a, b) => a + b, sum),
        count + errors.length,
      ],
      result: ([sum, count]) => sum / count,
    });
    expect(await meanError(tf.tensor1d([1, 2]), tf.tensor1d([4, 3]))).toBe(2);
    // States of other kinds: with options, of a list, and of the type of an annotation.
    const scaled = defineMetric({
      name: 'scaled',
      kinds: { by: finite },
      measure: (labels, _, { by = 1 }: { by?: number }) => ({ columns: [tf.mul(labels, by)] }),
      start: [[0, 0], 0],
      add: ([[first, second], count], { columns: [x], weights: [w = 0] }) => [
        [first + x[0]!, second + w],
        count + 1,
      ],
      result: ([[first, second], count]) => [first, second, count],
    });
    expect(await scaled.with({ by: 3 })(tf.tensor1d([2]), tf.tensor1d([0]))).toEqual([6, 1, 1]);
    const kept = defineMetric({
      name: 'kept',
      kinds: {},
      measure: (labels) => ({ columns: [tf.cast(labels as tf.Tensor, 'float32')] }),
      start: [] as readonly number[],
      add: (all, { columns: [x] }) => [...all, ...x],
      result: (all) => all.length,
    });
    expect(await kept(tf.tensor1d([2, 3]), tf.tensor1d([0, 0]))).toBe(2);
    defineMetric({
      name: 'wrong',
      kinds: {},
      measure: (labels) => ({ columns: [labels as tf.Tensor] }),
      start: [0, 0],
      // @ts-expect-error: the state has two numbers
      add: ([sum]) => [sum],
      result: ([sum]) => sum,
    });
    expect(() => defineMetric({ name: 'a' } as never)).toThrow(/^defineMetric: kinds is missing/);
    expect(() => defineMetric({ ...largestError, name: 'a', start: 'x' } as never)).toThrow(
      /^defineMetric: /,
    );
  });
});

describe('bleu', () => {
  const { bleu } = exported;
  const cat = ['the', 'cat', 'sat', 'down', 'there'];

  it('takes infinite numbers as tokens that differ', async () => {
    const texts = [Infinity, -Infinity].map((end) => [[end, 1, 2, 3]]);
    expect(await bleu(texts[0]!, texts[0]!)).toBe(1);
    expect(await bleu(texts[0]!, texts[1]!)).toBe(0);
    expect(await bleu(tf.tensor(texts[0]!), tf.tensor(texts[1]!))).toBe(0);
  });

  it('takes lists of words, with several references, and any lengths', async () => {
    expect(await bleu([cat], [[...cat.slice(0, 4), 'here']])).toBeCloseTo(0.2 ** 0.25, 6);
    const references = [[['a', 'cat'], cat], cat];
    expect(await bleu(references as never, [cat, cat])).toBe(1);
    expect(await bleu([cat], [cat.slice(0, 4)])).toBeCloseTo(Math.exp(1 - 5 / 4), 6);
    expect(await bleu([cat], [[]])).toBe(0);
    // The example of the paper: "the" is matched as often as in a reference.
    const the = [new Array(7).fill('the')];
    expect(await bleu([['the', 'cat', 'is', 'on', 'the', 'mat']], the, { maxOrder: 1 })).toBeCloseTo(
      2 / 7,
      6,
    );
  });

  it.each([
    [[cat], [cat, cat], /^bleu: there are 2 predictions but 1 labels; /],
    [['the cat'], [cat], /^bleu: labels\[0\] is "the cat"; give a list of tokens/],
    [
      [[Number.NaN, 1, 2, 3]],
      [[Number.NaN, 1, 2, 3]],
      /^bleu: labels\[0\] is \[NaN, 1, 2, 3\]; give a list of tokens/,
    ],
    [[[1, 2]], [[1, Number.NaN]], /^bleu: predictions\[0\] is \[1, NaN\]; give a list of tokens/],
    [[cat], [[['the']]], /^bleu: predictions\[0\] is .*; give a list of tokens/],
  ])('rejects %#', async (labels, predictions, message) => {
    await expect(bleu(labels as never, predictions as never)).rejects.toThrow(message);
  });
});
