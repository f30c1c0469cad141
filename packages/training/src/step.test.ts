import { batchNorm, createModel, dense, dropout, ones, sequential } from '@tenfold/layers';
import { meanSquaredError } from '@tenfold/losses';
import { adam, adamW, lbfgs, type Optimizer, sam, sgd, sophia } from '@tenfold/optimizers';
import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { weights } from '../test/clouds';
import { createTrainer, DivergenceError, step, stepState } from './index';

const linear = (seed: number) => createModel(dense({ inFeatures: 1, outFeatures: 1 }), { seed });

describe('step', () => {
  it('equals the step of a trainer, bit for bit, for the same loss', async () => {
    const [one, other] = [linear(1), linear(1)];
    const [xs, ys] = [tf.tensor([[1], [2]]), tf.tensor([[3], [5]])];
    const trainer = createTrainer(one, { loss: meanSquaredError, optimizer: adam() });
    const optimizer = adam();
    for (let i = 0; i < 3; i++) {
      const expected = trainer.step({ xs, ys });
      const loss = step(other, optimizer, () => meanSquaredError(ys, other.predict(xs)));
      expect(await loss.data()).toEqual(await expected.loss.data());
      expect(loss.rank).toBe(0);
    }
    expect(await weights(other)).toEqual(await weights(one));
    expect(stepState(other, optimizer).stepCount).toBe(3);
  });

  it('updates several models with one loss, under their names', async () => {
    const [encoder, decoder] = [linear(1), linear(2)];
    const x = tf.tensor([[1], [-2], [0.5]]);
    const optimizer = adamW({ learningRate: 0.05, only: /^encoder.*kernel$/ });
    const loss = () => meanSquaredError(x, decoder.predict(encoder.predict(x)));
    const models = { encoder, decoder };
    const first = (await step(models, optimizer, loss).data())[0]!;
    for (let i = 0; i < 60; i++) step({ encoder, decoder }, optimizer, loss).dispose();
    expect((await tf.tidy(loss).data())[0]).toBeLessThan(first / 10);
    expect(stepState(models, optimizer).stepCount).toBe(61);
    expect(Object.keys(stepState(models, optimizer).state.mean!)).toEqual([
      'encoder.kernel',
      'encoder.bias',
      'decoder.kernel',
      'decoder.bias',
    ]);
    const pair = sgd({ learningRate: 0.1, momentum: 0.5 });
    step([encoder, decoder], pair, loss).dispose();
    expect(Object.keys(stepState([encoder, decoder], pair).state.momentum!)).toContain('1.bias');
  });

  it('changes only the given models', async () => {
    const [critic, generator] = [linear(1), linear(2)];
    const noise = tf.tensor([[1], [2]]);
    const before = await weights(generator);
    const [criticOptimizer, generatorOptimizer] = [sgd({ learningRate: 0.1 }), sgd({ learningRate: 0.1 })];
    step(critic, criticOptimizer, () => tf.mean(critic.predict(generator.predict(noise)))).dispose();
    expect(await weights(generator)).toEqual(before);
    const other = await weights(critic);
    step(generator, generatorOptimizer, () => tf.mean(critic.predict(generator.predict(noise)))).dispose();
    expect(await weights(critic)).toEqual(other);
    expect(await weights(generator)).not.toEqual(before);
  });

  it.each<[string, () => Optimizer]>([
    ['adam', () => adam()],
    ['sam', () => sam(sgd({ learningRate: 0.1 }))],
  ])('changes no running statistics of other models, with %s', async (_, create) => {
    const net = () =>
      createModel(sequential([dense({ inFeatures: 1, outFeatures: 2 }), batchNorm({ channels: 2 })]));
    const [critic, generator] = [net(), createModel(dense({ inFeatures: 1, outFeatures: 1 }))];
    const before = await weights(critic);
    const noise = tf.tensor([[1], [2]]);
    const optimizer = create();
    const loss = (x: tf.Tensor) => (context: Parameters<Parameters<typeof step>[2]>[0]) =>
      tf.mean(tf.square(critic.apply(generator.apply(x, context), context)));
    step(generator, optimizer, loss(noise)).dispose();
    expect(await weights(critic)).toEqual(before);
    expect(() => step(generator, optimizer, loss(tf.tensor([[1], [Number.NaN]])))).toThrow(DivergenceError);
    expect(await weights(critic)).toEqual(before);
    step({ critic, generator }, create(), loss(noise)).dispose();
    expect(await weights(critic)).not.toEqual(before);
  });

  it('trains with a gradient penalty, which needs a gradient of a gradient', async () => {
    const model = linear(1);
    const x = tf.tensor([[2]]);
    const [w] = await model.parameters().kernel!.data();
    // ‖∂(w·x + b)/∂x‖² = w², with the derivative 2w.
    step(model, sgd({ learningRate: 0.25 }), () =>
      tf.sum(tf.square(tf.grad((x) => tf.sum(model.predict(x)))(x))),
    ).dispose();
    await expectClose(model.parameters().kernel!, [w! - 0.5 * w!], { relative: 1e-5 });
  });

  it('passes a context with dropout and a new stream for every step and seed', async () => {
    const model = createModel(
      sequential([dense({ inFeatures: 1, outFeatures: 64 }), dropout({ rate: 0.5 })]),
    );
    const still = { init: () => ({}), update: () => ({ updates: {}, state: {} }) };
    const dropped: string[] = [];
    const take = (optimizer: typeof still, seed?: number) =>
      step(
        model,
        optimizer,
        (context) => {
          const y = model.apply(tf.ones([1, 1]), context);
          dropped.push([...y.dataSync()].map((v) => (v === 0 ? '0' : '1')).join(''));
          return tf.sum(y);
        },
        { seed },
      ).dispose();
    take(still);
    take(still);
    take({ ...still });
    take({ ...still }, 1);
    expect(dropped[0]).toMatch(/01|10/);
    expect(dropped[2]).toBe(dropped[0]);
    expect(new Set(dropped).size).toBe(3);
    // Also for an optimizer whose state was read first, and for a later step.
    const late = { ...still };
    expect(stepState(model, late).stepCount).toBe(0);
    take(late, 1);
    take(late, 1);
    stepState(model, late).restore(1, {});
    take(late, 2);
    expect(dropped[4]).toBe(dropped[3]);
    expect(new Set(dropped).size).toBe(5);
  });

  it('leaves no tensor, within tidy or not, also on errors', async () => {
    const model = linear(1);
    const optimizer = adam();
    const x = tf.ones([2, 1]);
    step(model, optimizer, () => tf.mean(model.predict(x))).dispose();
    const before = tf.memory().numTensors;
    const [parameters, { state }] = [await weights(model), stepState(model, optimizer)];
    const mean = await weights({ parameters: () => state.mean! });
    tf.tidy(() => void step(model, optimizer, () => tf.mean(model.predict(x))));
    expect(tf.memory().numTensors).toBe(before);
    const after = await weights(model);
    expect(after).not.toEqual(parameters);
    for (const [loss, message] of [
      [() => tf.square(model.predict(x)), /^step: the loss has shape \[2,1\]/],
      [() => 1 as never, /^step: the loss is 1; return a scalar tensor/],
      [() => tf.scalar(1), /^step: the loss does not depend on any trainable parameter/],
      [() => tf.log(tf.mul(tf.mean(model.predict(x)), 0)), DivergenceError],
      [
        () => {
          tf.square(model.predict(x));
          throw new Error('on purpose');
        },
        /on purpose/,
      ],
    ] as const) {
      expect(() => step(model, optimizer, loss)).toThrow(message as RegExp);
      expect(tf.memory().numTensors).toBe(before);
      expect(await weights(model)).toEqual(after);
    }
    expect(mean).not.toEqual(await weights({ parameters: () => stepState(model, optimizer).state.mean! }));
  });

  const flat: [string, (p: tf.Tensor) => tf.Tensor][] = [
    ['ArgMax', (p) => tf.argMax(p, -1)],
    ['Round', tf.round],
    ['Floor', tf.floor],
    ['Ceil', tf.ceil],
    ['Sign', tf.sign],
    ['Step', (p) => tf.step(p)],
    ['ZerosLike', tf.zerosLike],
  ];
  it.each(flat)('refuses a loss without a gradient, here by %s, and changes nothing', async (kernel, f) => {
    const model = createModel(dense({ inFeatures: 1, outFeatures: 2 }), { seed: 1 });
    const [xs, ys] = [tf.ones([2, 1]), tf.zeros([2, 2])];
    const flatten = (p: tf.Tensor) => tf.mean(tf.cast(f(tf.mul(p, 2)), 'float32'));
    const message = `every gradient is zero, because the loss depends on the trainable parameters only through ${kernel}, which is piecewise constant; give a smooth loss`;
    const before = await weights(model);
    const optimizer = adam();
    const trainer = createTrainer(model, {
      loss: (_, p) => flatten(p),
      optimizer: adam(),
      regularizer: ({ kernel }) => tf.sum(tf.square(kernel!)),
    });
    stepState(model, optimizer);
    const tensors = tf.memory().numTensors;
    expect(() => step(model, optimizer, () => flatten(model.predict(xs)))).toThrow(`step: ${message}`);
    expect(() => trainer.step({ xs, ys })).toThrow(`createTrainer: ${message}`);
    expect(tf.memory().numTensors).toBe(tensors);
    expect([await weights(model), stepState(model, optimizer).stepCount]).toEqual([before, 0]);
    // With another path to a parameter, there is a gradient.
    step(model, optimizer, () =>
      tf.add(flatten(model.predict(xs)), tf.mean(tf.square(model.predict(xs)))),
    ).dispose();
    expect(await weights(model)).not.toEqual(before);
  });

  it('takes a gradient that a custom operation gives to a piecewise constant function', async () => {
    const model = linear(1);
    const round = tf.customGrad((x) => ({
      value: tf.round(x as tf.Tensor),
      gradFunc: (dy: tf.Tensor) => dy,
    }));
    const before = await weights(model);
    step(model, sgd({ learningRate: 1 }), () => tf.mean(round(model.predict(tf.ones([1, 1]))))).dispose();
    expect(await weights(model)).not.toEqual(before);
  });

  it('refuses a loss that compares, which depends on no parameter', () => {
    const model = linear(1);
    const share = () => tf.mean(tf.cast(tf.greater(model.predict(tf.ones([2, 1])), 0), 'float32'));
    expect(() => step(model, adam(), share)).toThrow(
      /^step: (the loss does not depend on any trainable parameter|every gradient is zero, .* through Greater)/,
    );
  });

  it('disposes the state of disposed models, or on request', () => {
    const before = tf.memory().numTensors;
    const optimizer = adam();
    const x = tf.ones([1, 1]);
    const first = linear(1);
    step(first, optimizer, () => tf.mean(first.predict(x))).dispose();
    first.dispose();
    const second = linear(1);
    step(second, optimizer, () => tf.mean(second.predict(x))).dispose();
    expect(stepState(second, optimizer).stepCount).toBe(1);
    stepState(second, optimizer).dispose();
    expect(stepState(second, optimizer).stepCount).toBe(0);
    stepState(second, optimizer).dispose();
    second.dispose();
    x.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('continues from a saved state', async () => {
    const [whole, part] = [linear(1), linear(1)];
    const x = tf.tensor([[1], [2]]);
    const run = (model: ReturnType<typeof linear>, optimizer: ReturnType<typeof adam>, times: number) => {
      for (let i = 0; i < times; i++)
        step(model, optimizer, () => tf.mean(tf.square(model.predict(x)))).dispose();
    };
    run(whole, adam(), 5);
    const first = adam();
    run(part, first, 3);
    const { stepCount, state } = stepState(part, first);
    const copy = Object.fromEntries(
      Object.entries(state).map(([slot, tensors]) => [
        slot,
        Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, tf.clone(t)])),
      ]),
    );
    const second = adam();
    stepState(part, second).restore(stepCount, copy);
    run(part, second, 2);
    expect(await weights(part)).toEqual(await weights(whole));
  });

  it('rejects a new optimizer in every step, and anything that is not an optimizer', () => {
    const model = linear(1);
    const loss = () => tf.mean(model.predict(tf.ones([1, 1])));
    const take = (optimizer: unknown) => step(model, optimizer as never, loss).dispose();
    // Some optimizers for some losses of a model are created once.
    const several = Array.from({ length: 8 }, () => adam());
    for (const optimizer of [...several, ...several]) take(optimizer);
    for (let i = 0; i < 16; i++) take(adam());
    expect(() => take(adam())).toThrow(
      /^step: each of the last 16 steps had a new optimizer, .* create the optimizer once, before the loop/,
    );
    expect(() => take(adam)).toThrow(/^step: optimizer is the function adam; give an optimizer/);
    expect(() => step(dense({ inFeatures: 1, outFeatures: 1 }) as never, adam(), loss)).toThrow(
      /the model is a/,
    );
    expect(() => step({} as never, adam(), loss)).toThrow(/the model is an empty object/);
    expect(() => step(linear(1), adam(), 'mse' as never)).toThrow(
      /^step: loss is "mse"; give a function that/,
    );
    expect(() => step(linear(1), adam(), loss, { seeds: 1 } as never)).toThrow(/there is no option "seeds"/);
  });
});

describe('models that share variables', () => {
  const encoder = () =>
    createModel(dense({ inFeatures: 2, outFeatures: 1, bias: false, initializer: ones() }));
  const x = tf.ones([1, 2]);

  it('updates each variable once, under the name of the first model', async () => {
    for (const way of ['twice', 'nested', 'outer'] as const) {
      const inner = encoder();
      const head = dense({ inFeatures: 1, outFeatures: 1, bias: false, initializer: ones() });
      const outer = createModel(sequential({ inner, head }));
      const models = { twice: [inner, inner], nested: { inner, outer }, outer: { outer, inner } }[way];
      const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
      step(models, optimizer, () => tf.mean(outer.predict(x))).dispose();
      await expectClose(inner.params.kernel, [0.9, 0.9]);
      expect(Object.keys(stepState(models, optimizer).state.momentum!)).toEqual(
        {
          twice: ['0.kernel'],
          nested: ['inner.kernel', 'outer.head.kernel'],
          outer: ['outer.inner.kernel', 'outer.head.kernel'],
        }[way],
      );
      stepState(models, optimizer).dispose();
      outer.dispose();
      inner.dispose();
    }
  });

  it('refuses two parameters of one name, and one model that lists a variable twice', () => {
    const [a, b] = [encoder(), createModel(sequential({ b: encoder() }))];
    expect(() => step({ a: b, 'a.b': a }, adam(), () => tf.mean(a.predict(x)))).toThrow(
      /^step: two parameters are named a.b.kernel; give the models names without dots/,
    );
    const double = { ...a, parameters: () => ({ a: a.params.kernel, b: a.params.kernel }) };
    for (const call of [
      () => step(double, adam(), () => tf.mean(a.predict(x))),
      () => createTrainer(double as never, { loss: meanSquaredError, optimizer: adam() }),
    ]) {
      expect(call).toThrow(/: a and b are the same variable, which would be trained twice/);
    }
  });
});

describe('a disposed state', () => {
  it('refuses to be read or restored, and the next step starts anew', () => {
    const model = linear(1);
    const optimizer = adam();
    const x = tf.ones([1, 1]);
    const take = () => step(model, optimizer, () => tf.mean(model.predict(x))).dispose();
    take();
    const handle = stepState(model, optimizer);
    handle.dispose();
    handle.dispose();
    take();
    const message = /the optimizer state is disposed; call stepState again/;
    expect(() => handle.state).toThrow(message);
    expect(() => handle.restore(0, {})).toThrow(message);
    expect(stepState(model, optimizer).stepCount).toBe(1);
    stepState(model, optimizer).dispose();
  });

  it('fails when the loss disposes the model, and leaves no tensor', () => {
    const x = tf.ones([1, 1]);
    const before = tf.memory().numTensors;
    const [model, other] = [linear(1), linear(1)];
    const [optimizer, second] = [adam(), adam()];
    const loss = () => {
      const y = tf.mean(model.predict(x));
      model.dispose();
      return y;
    };
    expect(() => step(model, optimizer, loss)).toThrow(/^step: the model was disposed during the step/);
    step(other, second, () => tf.mean(other.predict(x))).dispose();
    stepState(other, second).dispose();
    other.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("the caller's own optimizer", () => {
  const own = (update: () => unknown) => ({ init: () => ({}), update }) as unknown as Optimizer;

  it.each<[string, () => unknown, RegExp]>([
    [
      'returns no state',
      () => ({ updates: {} }),
      /^step: update of the optimizer returned an object with updates; return { updates, state }/,
    ],
    [
      'returns nothing',
      () => undefined,
      /^step: update of the optimizer returned undefined; return { updates, state }/,
    ],
  ])('is refused when it %s, and nothing changes', async (_, update, message) => {
    const model = linear(1);
    const before = await weights(model);
    await expectNoLeaks(() => {
      expect(() => step(model, own(update), () => tf.mean(model.predict(tf.ones([2, 1]))))).toThrow(message);
    });
    expect(await weights(model)).toEqual(before);
    model.dispose();
  });
});

it('refuses a step, and to restore a state, within a step on the same state', async () => {
  const model = linear(1);
  const [xs, ys] = [tf.tensor([[1], [2]]), tf.tensor([[3], [5]])];
  let within: () => unknown = () => undefined;
  const loss = (labels: tf.Tensor, predictions: tf.Tensor) => {
    within();
    return meanSquaredError(labels, predictions);
  };
  const trainer = createTrainer(model, { loss, optimizer: adam() });
  const before = await weights(model);
  within = () => trainer.step({ xs, ys });
  const nested = /^step: called within a step on the same state; call it after that step$/;
  expect(() => trainer.step({ xs, ys })).toThrow(nested);
  within = () => trainer.restore(5, {});
  expect(() => trainer.step({ xs, ys })).toThrow(/^restore: called within a step on the same state; call it/);
  const optimizer = adam();
  const own = (): tf.Scalar => step(model, optimizer, own);
  expect(() => step(model, optimizer, own)).toThrow(nested);
  expect(await weights(model)).toEqual(before);
  within = () => undefined;
  tf.dispose(trainer.step({ xs, ys }) as never);
  tf.dispose(step(model, optimizer, () => meanSquaredError(ys, model.predict(xs))));
  expect([trainer.stepCount, stepState(model, optimizer).stepCount]).toEqual([1, 1]);
  trainer.dispose();
  stepState(model, optimizer).dispose();
  model.dispose();
  tf.dispose([xs, ys]);
});

describe('optimizers that compute the loss again', () => {
  it.each<[string, () => Optimizer]>([
    ['sam', () => sam(sgd({ learningRate: 0.05 }))],
    ['sophia', () => sophia({ learningRate: 0.02, gamma: 1, every: 2 })],
    ['lbfgs', () => lbfgs()],
  ])('%s learns, and running statistics change once in a step', async (_, create) => {
    const model = createModel(
      sequential([
        dense({ inFeatures: 1, outFeatures: 4 }),
        batchNorm({ channels: 4 }),
        dense({ inFeatures: 4, outFeatures: 1 }),
      ]),
      { seed: 3 },
    );
    const [xs, ys] = [tf.tensor([[1], [2], [4]]), tf.tensor([[3], [5], [9]])];
    const optimizer = create();
    const means = () => Object.entries(model.parameters()).find(([name]) => /mean/i.test(name))![1];
    const statistics: tf.Tensor[] = [];
    const loss = (context: Parameters<Parameters<typeof step>[2]>[0]) => {
      const value = meanSquaredError(ys, model.apply(xs, context));
      statistics.push(tf.keep(tf.clone(means())));
      return value;
    };
    const values: number[] = [];
    for (let i = 0; i < 8; i++) {
      statistics.length = 0;
      const value = step(model, optimizer, loss);
      values.push((await value.data())[0]!);
      await expectClose(means(), statistics[0]!, { absolute: 0, relative: 0 });
      if (i === 0) expect(statistics.length).toBeGreaterThan(1);
      tf.dispose([value, statistics]);
    }
    expect(values.at(-1)! / values[0]!).toBeLessThan(0.9);
    stepState(model, optimizer).dispose();
    model.dispose();
    tf.dispose([xs, ys]);
  });
});
