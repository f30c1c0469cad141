import { checkGradient, expectClose, expectNoLeaks, goldens } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as regularizers from './index';

interface Case {
  group: string;
  rate: number;
  only: string | null;
  /** The options of the penalty alone. */
  options: object;
  value: number;
  params: { [name: string]: { shape: number[]; values: number[] } };
  gradients: { [name: string]: number[] };
}
const files = goldens<Case[]>(new URL('../goldens/', import.meta.url));
const penalties = Object.keys(files).map(
  (name) => [name, (regularizers as unknown as Record<string, typeof regularizers.l1>)[name]!] as const,
);

// These draw random numbers, or map a parameter to another.
const others = new Set([
  'alphaDropout',
  'dropout',
  'dropPath',
  'gaussianDropout',
  'gaussianNoise',
  'maxNorm',
  'minMaxNorm',
  'nonNegative',
  'spatialDropout',
  'unitNorm',
]);

it('has golden values for every export that is a penalty', () => {
  const exported = Object.entries(regularizers).filter(([name]) => !others.has(name));
  expect(Object.fromEntries(penalties)).toEqual(Object.fromEntries(exported));
});

const named = penalties.flatMap(([name, make]) =>
  files[name]!.map(
    (c) =>
      [`${name} of ${c.group}, ${c.rate}, ${c.only}, ${JSON.stringify(c.options)}`, { make, ...c }] as const,
  ),
);

describe.each(named)('%s', (_, { make: makePenalty, rate, only, options, value, params, gradients }) => {
  const penalty = makePenalty({ rate, ...options, ...(only !== null && { only: new RegExp(only) }) });
  const make = () =>
    Object.fromEntries(
      Object.entries(params).map(([name, p]) => [name, tf.tensor(p.values, p.shape, 'float32')]),
    );

  it("has PyTorch's value, a scalar", async () => {
    const result = penalty(make());
    expect(result.shape).toEqual([]);
    expect(result.dtype).toBe('float32');
    await expectClose(result, value, { absolute: 1e-9, relative: 2e-6 });
  });

  it("has PyTorch's gradient, 0 at 0", async () => {
    const names = Object.keys(params);
    // The loss depends on every parameter, so that parameters without a penalty have a gradient of 0.
    const loss = (...tensors: tf.Tensor[]) => {
      const map = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
      return tf.addN([penalty(map), ...tensors.map((t) => tf.mul(tf.sum(t), 0))]) as tf.Scalar;
    };
    const computed = tf.grads(loss)(Object.values(make()));
    for (const [i, name] of names.entries()) {
      await expectClose(computed[i]!, gradients[name]!, { absolute: 1e-9, relative: 2e-6, label: name });
    }
  });
});

describe.each(penalties)('%s', (name, make) => {
  const params = {
    kernel: tf.tensor2d([
      [1.5, -2],
      [0.75, 3],
    ]),
    bias: tf.tensor1d([-1, 0.5]),
  };

  it('has a gradient that agrees with finite differences', () =>
    checkGradient((kernel) => make({ rate: 0.1 })({ ...params, kernel: kernel! }), [params.kernel]));

  it('works with the variables of a model and their gradients', async () => {
    const kernel = tf.variable(params.kernel);
    const { value, grads } = tf.variableGrads(() => make({ rate: 2 })({ kernel }));
    await expectClose(value, make({ rate: 2 })({ kernel: params.kernel }));
    expect(Object.values(grads)[0]!.shape).toEqual([2, 2]);
    kernel.dispose();
  });

  it('is 0 without parameters', async () => {
    await expectClose(make({ rate: 1 })({}), 0);
  });

  it('matches the same parameters twice with the flag g', async () => {
    const penalty = make({ rate: 1, only: /kernel/g });
    const first = penalty(params);
    await expectClose(penalty(params), first, { absolute: 0, relative: 0 });
    expect((await first.data())[0]).toBeGreaterThan(0);
  });

  it('passes NaN through', async () => {
    const [value] = await make({ rate: 1 })({ w: tf.tensor2d([[1, Number.NaN]]) }).data();
    expect(value).toBeNaN();
  });

  it('keeps its inputs and leaks nothing, with or without gradient', async () => {
    await expectNoLeaks(() => make({ rate: 1 })(params));
    await expectNoLeaks(() => tf.grad((kernel: tf.Tensor) => make({ rate: 1 })({ kernel }))(params.kernel));
    expect(params.kernel.isDisposed).toBe(false);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('rejects the rate %d', (rate) => {
    expect(() => make({ rate })).toThrow(
      new RegExp(`^${name}: rate is ${rate}; give a finite number of at least 0`),
    );
  });

  it('is 0 at rate 0 for all weights', async () => {
    await expectClose(make({ rate: 0 })({ w: tf.tensor2d([[Number.POSITIVE_INFINITY, 1e30]]) }), 0);
  });

  it('accepts a function for only, and throws when only matches nothing', async () => {
    const ofKernel = await make({ rate: 1, only: /kernel/ })(params).data();
    await expectClose(make({ rate: 1, only: (_, p) => p.rank >= 2 })(params), ofKernel);
    await expectNoLeaks(() => {
      expect(() => make({ rate: 1, only: /weight$/ })(params)).toThrow(
        `${name}: only is /weight$/, which matches none of the parameters kernel, bias; give one that matches`,
      );
    });
  });

  it('computes int32 parameters in float32', async () => {
    const w = tf.tensor2d([[1, -2]], [1, 2], 'int32');
    await expectClose(make({ rate: 0.5 })({ w }), make({ rate: 0.5 })({ w: tf.cast(w, 'float32') }));
  });

  it('has a second derivative that agrees with finite differences', async () => {
    const gradient = tf.grad((w: tf.Tensor) => make({ rate: 0.5 })({ w }));
    await checkGradient((w) => tf.sum(tf.mul(gradient(w!), tf.square(w!))), [params.kernel]);
  });

  it('rejects unknown options and anything that is not parameters', () => {
    const wrong = (value: unknown) => value as never;
    expect(() => make(wrong({ rate: 1, lambda: 1 }))).toThrow(`${name}: there is no option "lambda"`);
    expect(() => make(wrong({ rate: '1' }))).toThrow(`${name}: rate is "1" (a string); give`);
    expect(() => make(wrong({}))).toThrow(`${name}: rate is missing; give`);
    expect(() => make({ rate: 1 })(wrong(tf.ones))).toThrow(
      new RegExp(`^${name}: params is .*; give an object`),
    );
    expect(() => make({ rate: 1 })({ w: wrong('w') })).toThrow(`${name}: w is "w"; give a tensor`);
  });
});

it('names the axis that a parameter lacks', () => {
  const penalty = regularizers.groupLasso({ rate: 1, axis: -2 });
  expect(() => penalty({ bias: tf.ones([3]) })).toThrow(
    'groupLasso: axis is -2 but bias has shape [3]; give an axis that it has, or leave it out by only',
  );
});

it('says that orthogonal needs kernels', () => {
  expect(() => regularizers.orthogonal({ rate: 1 })({ bias: tf.ones([3]) })).toThrow(
    'orthogonal: none of the parameters bias has a rank of 2 or more; give kernels',
  );
});

it('groupLasso keeps the digits of weights whose squares overflow or vanish', async () => {
  const w = tf.tensor2d([
    [3e25, 3e-25],
    [4e25, 4e-25],
  ]);
  const f = regularizers.groupLasso({ rate: Math.SQRT1_2 });
  await expectClose(f({ w }), 5e25, { relative: 1e-6 });
  await expectClose(tf.grad((w: tf.Tensor) => f({ w }))(w), [0.6, 0.6, 0.8, 0.8], { relative: 1e-6 });
});
