import { checkGradient, expectClose, expectNoLeaks, goldens } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as exported from './index';

interface Case {
  options: object;
  shape: number[];
  /** The shape of y where it is not that of x. */
  to?: number[];
  x: number[];
  dy: number[];
  y: number[];
  dx: number[];
  /** At ∞, −∞ and NaN, for elementwise functions. */
  far: number[] | null;
}
type Activation = ((x: tf.Tensor | tf.TensorLike, options?: object) => tf.Tensor) & { kernel?: string };

const activations = { ...exported } as { [name: string]: Activation };
const files = goldens<Case[]>(new URL('../goldens/', import.meta.url));
// A new activation joins every test below by its export and its golden file.
const cases = Object.entries(files).flatMap(([name, all]) =>
  all.map((c) => [`${name} ${JSON.stringify(c.options)} [${c.shape}]`, name, c] as const),
);

it('has golden values for every export, and an export for every golden file', () => {
  expect(Object.keys(files)).toEqual(Object.keys(activations).sort());
});

it('names each function and its kernel after the export', () => {
  for (const [name, f] of Object.entries(activations)) {
    expect(f.name).toBe(name);
    expect([undefined, name]).toContain(f.kernel);
  }
  expect(exported.mish.kernel).toBe('mish');
  expect(exported.leakyRelu.kernel).toBeUndefined();
  expect(exported.maxout.name).toBe('maxout');
});

it('sends no gradient from entries outside the support of sparsemax, even an infinite one', async () => {
  for (const end of [Number.NaN, Infinity, -Infinity]) {
    const dx = tf.grad((x: tf.Tensor) => exported.sparsemax(x))(
      tf.tensor([1, 1.5, 0.2]),
      tf.tensor([1, 2, end]),
    );
    expect([...(await dx.data())]).toEqual([-0.5, 0.5, 0]);
  }
});

it('sends no gradient to the smaller entries of maxout, even an infinite one, and passes NaN on', async () => {
  const overflowing = tf.grad((x: tf.Tensor) => tf.exp(exported.maxout(x)));
  expect([...(await overflowing(tf.tensor([100, 1])).data())]).toEqual([Infinity, 0]);
  for (const end of [Infinity, -Infinity, Number.NaN]) {
    const dx = tf.grad((x: tf.Tensor) => exported.maxout(x))(tf.tensor([1, 2, 4, 3]), tf.tensor([end, 1]));
    expect([...(await dx.data())]).toEqual([0, end, 1, 0]);
  }
});

describe.each(cases)('%s', (_, name, { options, shape, to, x, dy, y, dx, far }) => {
  const f = (v: tf.Tensor | tf.TensorLike) => activations[name]!(v, options);
  const gradient = tf.grad((v: tf.Tensor) => f(v));

  it("has PyTorch's values, including those at ±80 and ±0", async () => {
    await expectClose(f(tf.tensor(x, shape)), y, { absolute: 3e-6, relative: 1e-5 });
  });

  it("has PyTorch's gradients", async () => {
    await expectClose(gradient(tf.tensor(x, shape), tf.tensor(dy, to ?? shape)), dx, {
      absolute: 3e-6,
      relative: 2e-5,
    });
  });

  it.runIf(far)("has PyTorch's values at infinities and NaN", async () => {
    const near = (a: number, b: number) => Object.is(a, b) || a === b || Math.abs(a - b) < 1e-6 * Math.abs(b);
    const points = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
    // Enough elements to reach the main loop of a kernel.
    const many = Array.from({ length: 99 }, (_, i) => points[i % 3]!);
    const values = await f(tf.tensor(many)).data();
    for (const [i, value] of values.entries()) {
      // At −∞, PyTorch's x·0 is NaN; a kernel may return the limit instead.
      const [point, want] = [points[i % 3]!, far![i % 3]!];
      const allowed = Number.isNaN(want) && !Number.isNaN(point) ? [want, 0] : [want];
      expect(allowed.some((one) => near(value, one))).toBe(true);
    }
  });

  // Away from zero, where some functions have a kink.
  const smooth = () =>
    tf.tensor([-2.3, -1.1, -0.8, 0.7, 1.2, 2.9, -1.7, 0.9], [...shape.slice(2).map(() => 1), 2, 4]);

  it('has a gradient that agrees with finite differences', async () => {
    await checkGradient(f, [smooth()]);
  });

  it('has a second derivative that agrees with finite differences', async () => {
    // Squared, because the gradient of a piecewise linear function does not depend on its argument.
    await checkGradient(
      tf.grad((v: tf.Tensor) => tf.square(f(v))),
      [smooth()],
    );
  });

  it.runIf(shape.length === 1)('has the same derivative within another gradient, at kinks too', async () => {
    const points = tf.tensor([0, -0, 0.5, -0.5, 1, -1, 2, -2, 3, -3, 6, -6]);
    const penalty = tf.grad((v: tf.Tensor) => tf.mul(f(v), v));
    const want = tf.add(f(points), tf.mul(points, gradient(points)));
    // The gradient of the sum of a gradient records f on the tape.
    let seen: tf.Tensor | undefined;
    tf.grad((v: tf.Tensor) => {
      seen = tf.keep(penalty(v));
      return tf.mul(seen, v);
    })(points);
    await expectClose(seen!, want, { absolute: 1e-5, relative: 1e-5 });
    seen!.dispose();
  });

  it.each(['int32', 'bool'] as const)('computes %s in float32', async (dtype) => {
    const ones = tf.ones(shape, dtype);
    await expectClose(f(ones), f(tf.cast(ones, 'float32')), { absolute: 0, relative: 0 });
    expect(f(ones).dtype).toBe('float32');
  });

  it.runIf(!to)('keeps the shape for every rank, a batch of one and an empty tensor', () => {
    const shapes = [[3], [1, 3], [2, 1, 3], [2, 2, 2, 2], [0, 3]];
    for (const s of shapes.filter(({ length }) => length >= shape.length - 1))
      expect(f(tf.zeros(s)).shape).toEqual(s);
  });

  it.runIf(name === 'relu' || name === 'leakyRelu')(
    'has a gradient that is not finite only where it depends on its argument',
    async () => {
      const points = tf.tensor([-1, 0, 2]);
      const [slope] = await gradient(tf.tensor([-1])).data();
      for (const end of [Number.NaN, Infinity, -Infinity]) {
        const below = slope === 0 ? 0 : end * slope!;
        expect([...(await gradient(points, tf.fill([3], end)).data())]).toEqual([below, below, end]);
      }
    },
  );

  it('passes NaN through', async () => {
    const [value] = await f(tf.fill(shape, Number.NaN)).data();
    expect(value).toBeNaN();
  });

  it('leaks no tensor, with or without gradient, for arrays and on errors', async () => {
    const input = tf.tensor(x, shape);
    const arrays = (await input.array()) as tf.TensorLike;
    await expectNoLeaks(() => f(input));
    await expectNoLeaks(() => f(arrays));
    await expectNoLeaks(() => gradient(input));
    await expectNoLeaks(() => {
      expect(() => activations[name]!(arrays, { unknown: 1 })).toThrow();
    });
    input.dispose();
  });

  it('keeps a single tensor for its gradient', () => {
    let kept: number | undefined;
    tf.grad((x: tf.Tensor) => {
      const argument = tf.mul(x, 2);
      const before = tf.memory().numDataBuffers;
      const value = f(argument);
      tf.dispose([argument, value]);
      kept = tf.memory().numDataBuffers - (before - 1);
      return tf.neg(x);
    })(tf.tensor(x, shape));
    expect(kept).toBe(name === 'prelu' ? 2 : 1); // prelu's slope is another
  });

  it('rejects anything that is not a tensor, and unknown options', () => {
    for (const bad of [undefined, null, '1', {}, [1, 'a'], [[1, 2], [3]]]) {
      expect(() => f(bad as unknown as tf.Tensor)).toThrow(
        new RegExp(`^${name}: x(\\[1\\])? (is|has) .*; give a tensor`),
      );
    }
    expect(() => activations[name]!([1], { approximate: 'tanh' })).toThrow(
      new RegExp(`^${name}: there is no option "approximate"`),
    );
  });

  it('can be mapped over an array', () => {
    const f = activations[name] as (x: tf.Tensor) => tf.Tensor;
    expect([tf.ones(shape)].map(f)[0]!.shape).toEqual(f(tf.ones(shape)).shape);
  });

  it('is to be given itself where it is called without arguments', () => {
    const f = activations[name] as () => tf.Tensor;
    expect(() => f()).toThrow(
      `${name}: x is missing; give a tensor, or as a layer or an activation the function`,
    );
  });

  // It would be ignored, and another function computed than the one that was meant: leakyRelu(x, 0.2).
  it('refuses a number as its options', () => {
    const f = activations[name] as (...call: unknown[]) => tf.Tensor;
    const x = tf.ones(shape);
    for (const rest of [[0.2], [0], [1, 2], [0, [tf.ones(shape)]], [1, [x]]]) {
      expect(() => f(x, ...rest)).toThrow(
        new RegExp(`^${name}: options is ${String(rest[0]).replace('.', '[.]')}; give a plain object`),
      );
    }
  });
});

describe('far from zero and with extreme options', () => {
  const second = (f: (x: tf.Tensor) => tf.Tensor, points: number[]) =>
    tf.grad((x) => tf.grad(f)(x))(tf.tensor1d(points));

  it('squareplus has its second derivative on both sides', async () => {
    // b / (2·(x² + b)^1.5)
    const exact = (x: number, b: number) => b / 2 / (x * x + b) ** 1.5;
    for (const [b, points] of [
      [4, [0, 0.5, -0.5, 4000, 8200, 1e4, -1e4]],
      [1e-6, [0, 1, 5, -5]],
      [1e18, [1, -1, 1e9]],
    ] as const) {
      const want = points.map((x) => exact(x, b));
      const f = (x: tf.Tensor) => exported.squareplus(x, { b });
      await expectClose(second(f, [...points]), want, { absolute: 1e-30, relative: 1e-4 });
    }
    await expectClose(exported.squareplus([1e18, -1e15], { b: 1e18 }), [1e18, 250], {
      relative: 1e-6,
    });
  });

  it('softplus, quickGelu and geluTanh do not overflow within', async () => {
    await expectClose(exported.softplus([1e10, -1e10, 2e38], { beta: 1e30 }), [1e10, 0, 2e38], {
      relative: 1e-6,
    });
    const slopes = (f: (x: tf.Tensor) => tf.Tensor) => tf.grad(f)(tf.tensor1d([3e38, -3e38, 1e15]));
    await expectClose(slopes(exported.quickGelu), [1, 0, 1]);
    await expectClose(slopes(exported.geluTanh), [1, 0, 1]);
    await expectClose(second(exported.geluTanh, [1e15, -1e30]), [0, 0]);
  });
});

describe('bad options', () => {
  it.each([
    [
      () => exported.leakyRelu(1, { negativeSlope: Number.NaN }),
      /leakyRelu: negativeSlope is NaN; give a finite/,
    ],
    [
      () => exported.softmax([1], { axis: 1 }),
      /softmax: axis is 1 but x has shape \[1\]; give an axis from -1 to 0/,
    ],
    [() => exported.softmax(1), /softmax: axis is -1 but x has shape \[\]; give a tensor of rank 1 or more/],
    [() => exported.softmax([1], { axis: 0.5 }), /softmax: axis is 0.5; give an integer/],
    [
      () => exported.glu([1, 2, 3]),
      /glu: the axis has 3 entries \(x has shape \[3\]\); give a multiple of 2/,
    ],
    [
      () => exported.maxout([1, 2, 3], { pieces: 2 }),
      /maxout: the axis has 3 entries \(x has shape \[3\]\); give a multiple of 2/,
    ],
    [
      () => exported.hardTanh(1, { minValue: 1 }),
      /hardTanh: minValue is 1 and maxValue is 1; give a minValue below maxValue/,
    ],
    [() => exported.celu(1, { alpha: 0 }), /celu: alpha is 0; give a finite number/],
  ])('show the value and say how to fix it', async (call, message) => {
    await expectNoLeaks(() => {
      expect(call).toThrow(message);
    });
  });
});

it.each<[string, object, string]>([
  ['leakyRelu', { negativeSlope: 0.2 }, '{ negativeSlope: 0.2 }'],
  ['softmax', { axis: 1 }, '{ axis: 1 }'],
  ['geglu', { axis: 1 }, '{ axis: 1 }'],
  ['threshold', { threshold: 0.1, value: 20 }, '{ threshold: 0.1, value: 20 }'],
  ['prelu', { slope: 0.1 }, '{ slope: 0.1 }'],
  ['rrelu', { lower: 0.1 }, '{ lower: 0.1 }'],
])('%s says how to fix its options if they come in place of x', (name, options, shown) => {
  expect(() => activations[name]!(options as unknown as tf.Tensor)).toThrow(
    `${name}: x is the options ${shown}; give x first, and for a layer or an activation with these options a function: (x) => ${name}(x, ${shown})`,
  );
});

it('leaves other objects in place of x to the check of tensors', () => {
  for (const x of [{}, { query: 1 }]) {
    expect(() => exported.leakyRelu(x as unknown as tf.Tensor)).toThrow(
      /^leakyRelu: x is an .*object.*; give a tensor/,
    );
    expect(() => exported.relu(x as unknown as tf.Tensor)).toThrow(
      /^relu: x is an .*object.*; give a tensor/,
    );
  }
});
