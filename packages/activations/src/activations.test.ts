import { checkGradient, expectClose, expectNoLeaks, golden } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as activations from './index';

interface Case {
  x: number[];
  dy: number[];
  y: number[];
  dx: number[];
}
const goldens = golden<Record<string, Case>>(new URL('../goldens/activations.json', import.meta.url));

// Every function with the options and the shape under which the golden of that name was made.
const cases: Record<
  string,
  { of: keyof typeof activations; f: (x: tf.Tensor) => tf.Tensor; shape?: number[] }
> = {
  sigmoid: { of: 'sigmoid', f: activations.sigmoid },
  tanh: { of: 'tanh', f: activations.tanh },
  relu: { of: 'relu', f: activations.relu },
  silu: { of: 'silu', f: activations.silu },
  gelu: { of: 'gelu', f: activations.gelu },
  geluTanh: { of: 'gelu', f: (x) => activations.gelu(x, { approximate: 'tanh' }) },
  leakyRelu: { of: 'leakyRelu', f: activations.leakyRelu },
  leakyReluSteep: { of: 'leakyRelu', f: (x) => activations.leakyRelu(x, { negativeSlope: 0.2 }) },
  softmaxRows: { of: 'softmax', f: activations.softmax, shape: [8, 8] },
  softmaxColumns: { of: 'softmax', f: (x) => activations.softmax(x, { axis: 0 }), shape: [8, 8] },
  softmaxOne: { of: 'softmax', f: activations.softmax, shape: [64, 1] },
};

it('has a case for every export and a golden for every case', () => {
  expect(new Set(Object.values(cases).map((c) => c.of))).toEqual(new Set(Object.keys(activations)));
  expect(Object.keys(cases).sort()).toEqual(Object.keys(goldens).sort());
});

describe.each(Object.entries(cases))('%s', (name, { f, shape = [64] }) => {
  const { x, dy, y, dx } = goldens[name]!;

  it("has PyTorch's values, ±80 and ±0 among them", async () => {
    await expectClose(f(tf.tensor(x, shape)), y, { absolute: 3e-6, relative: 1e-5 });
  });

  it("has PyTorch's gradients", async () => {
    const gradient = tf.grad((v: tf.Tensor) => f(v))(tf.tensor(x, shape), tf.tensor(dy, shape));
    await expectClose(gradient, dx, { absolute: 3e-6, relative: 2e-5 });
  });

  it('has the gradient that finite differences find', async () => {
    // Away from zero, where ReLU and leaky ReLU have no derivative.
    const smooth = tf.tensor([-2.3, -1.1, -0.8, 0.7, 1.2, 2.9, -1.7, 0.9], [2, 4]);
    await checkGradient(f, [smooth]);
  });

  it('keeps shape and dtype for every rank, batch 1 and no element', () => {
    for (const s of [[3], [1, 3], [2, 1, 3], [2, 2, 2, 2], [0, 3]]) {
      const value = f(tf.zeros(s));
      expect(value.shape).toEqual(s);
      expect(value.dtype).toBe('float32');
    }
  });

  it('takes nested arrays', async () => {
    const numbers = [
      [0.5, -1.5],
      [2, 0.25],
    ];
    await expectClose(f(numbers as unknown as tf.Tensor), f(tf.tensor(numbers)), {
      absolute: 0,
      relative: 0,
    });
  });

  it('passes NaN through', async () => {
    const [value] = await f(tf.tensor([[Number.NaN]])).data();
    expect(value).toBeNaN();
  });

  it('leaks no tensor, with and without gradient', async () => {
    const input = tf.tensor(x, shape);
    await expectNoLeaks(() => f(input));
    await expectNoLeaks(() => tf.grad((v: tf.Tensor) => f(v))(input));
    input.dispose();
  });
});

describe('bad input', () => {
  it.each([
    [
      () => activations.gelu(1, { approximate: 'erf' as 'none' }),
      /gelu: approximate is "erf"; give 'none' or 'tanh'/,
    ],
    [
      () => activations.leakyRelu(1, { negativeSlope: Number.NaN }),
      /leakyRelu: negativeSlope is NaN; give a finite/,
    ],
    [
      () => activations.softmax([1], { axis: 1 }),
      /softmax: axis is 1 but x has shape \[1\]; give an axis from -1 to 0/,
    ],
  ])('says what came and what to do', (call, message) => {
    expect(call).toThrow(message);
  });
});
