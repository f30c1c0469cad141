import { checkGradient, expectClose, expectNoLeaks, golden } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as regularizers from './index';

interface Case {
  regularizer: keyof typeof penalties;
  group: string;
  rate: number;
  only: string | null;
  value: number;
  params: { [name: string]: { shape: number[]; values: number[] } };
  gradients: { [name: string]: number[] };
}
const cases = golden<Case[]>(new URL('../goldens/regularizers.json', import.meta.url));
const penalties = { l1: regularizers.l1, l2: regularizers.l2 };

it('has goldens for every penalty', () => {
  const { dropout, ...others } = regularizers;
  expect(others).toEqual(penalties);
  expect(new Set(cases.map((c) => c.regularizer))).toEqual(new Set(Object.keys(penalties)));
});

const named = cases.map((c) => [`${c.regularizer} of ${c.group}, ${c.rate}, ${c.only}`, c] as const);

describe.each(named)('%s', (_, { regularizer, rate, only, value, params, gradients }) => {
  const penalty = penalties[regularizer]({ rate, ...(only !== null && { only: new RegExp(only) }) });
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
    // A loss that depends on every parameter, so that those without a penalty have a gradient too: 0.
    const loss = (...tensors: tf.Tensor[]) => {
      const map = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
      return tf.addN([penalty(map), ...tensors.map((t) => tf.mul(tf.sum(t), 0))]) as tf.Scalar;
    };
    const made = tf.grads(loss)(Object.values(make()));
    for (const [i, name] of names.entries()) {
      await expectClose(made[i]!, gradients[name]!, { absolute: 1e-9, relative: 2e-6, label: name });
    }
  });
});

describe.each(Object.entries(penalties))('%s', (name, make) => {
  const params = {
    kernel: tf.tensor2d([
      [1.5, -2],
      [0.75, 3],
    ]),
    bias: tf.tensor1d([-1, 0.5]),
  };

  it('has the gradient that finite differences find', () =>
    checkGradient(
      (kernel, bias) => make({ rate: 0.1 })({ kernel: kernel!, bias: bias! }),
      Object.values(params),
    ));

  it('works with the variables of a model and their gradients', async () => {
    const kernel = tf.variable(params.kernel);
    const { value, grads } = tf.variableGrads(() => make({ rate: 2 })({ kernel }));
    await expectClose(value, make({ rate: 2 })({ kernel: params.kernel }));
    expect(Object.values(grads)[0]!.shape).toEqual([2, 2]);
    kernel.dispose();
  });

  it('is 0 of no parameters', async () => {
    await expectClose(make({ rate: 1 })({}), 0);
  });

  it('asks twice and answers the same with the flag g', async () => {
    const penalty = make({ rate: 1, only: /kernel/g });
    const first = penalty(params);
    await expectClose(penalty(params), first, { absolute: 0, relative: 0 });
    expect((await first.data())[0]).toBeGreaterThan(0);
  });

  it('passes NaN on', async () => {
    const [value] = await make({ rate: 1 })({ w: tf.tensor1d([1, Number.NaN]) }).data();
    expect(value).toBeNaN();
  });

  it('keeps its inputs and leaks nothing, with and without gradient', async () => {
    await expectNoLeaks(() => make({ rate: 1 })(params));
    await expectNoLeaks(() => tf.grad((kernel: tf.Tensor) => make({ rate: 1 })({ kernel }))(params.kernel));
    expect(params.kernel.isDisposed).toBe(false);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the rate %d', (rate) => {
    expect(() => make({ rate })).toThrow(
      new RegExp(`^${name}: rate is ${rate}; give a number of at least 0 such as 1e-4`),
    );
  });
});
