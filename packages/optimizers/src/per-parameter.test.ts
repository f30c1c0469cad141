import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  adam,
  cosineDecay,
  exponentialMovingAverage,
  joinSchedules,
  type PerParameterOptions,
  perParameter,
  plotSchedule,
  type RuleInput,
  warmup,
} from './index';

const declare = (more: Partial<PerParameterOptions> = {}) =>
  perParameter({
    name: 'plain',
    learningRate: 0.5,
    rule: ({ gradient }) => ({ direction: gradient, slots: {} }),
    ...more,
  } as PerParameterOptions);
const params = () => ({ w: tf.tensor1d([2, -4]) });
const once = (optimizer: ReturnType<typeof declare>, parameters: tf.NamedTensorMap = params()) =>
  optimizer.update({ w: tf.tensor1d([1, 3]) }, optimizer.init(parameters), { params: parameters, step: 0 });

describe('perParameter', () => {
  it('is θ ← θ − η·u, with decoupled or coupled weight decay', async () => {
    await expectClose(once(declare()).updates.w!, [-0.5, -1.5]);
    await expectClose(once(declare({ weightDecay: 0.5 })).updates.w!, [-1, -0.5]);
    const seen: tf.Tensor[] = [];
    const rule = ({ gradient }: RuleInput) => {
      seen.push(tf.keep(tf.clone(gradient)));
      return { direction: tf.sign(gradient), slots: {} };
    };
    await expectClose(once(declare({ weightDecay: 0.5, decoupled: false, rule })).updates.w!, [-0.5, -0.5]);
    await expectClose(seen[0]!, [2, 1]);
    tf.dispose(seen);
  });

  it('accepts an update instead of a direction, and another starting point', async () => {
    const rule = ({ gradient }: RuleInput) => ({ update: tf.neg(gradient), slots: {} });
    await expectClose(once(declare({ rule })).updates.w!, [-1, -3]);
    await expectClose(once(declare({ rule, weightDecay: 0.5 })).updates.w!, [-1.5, -2]);
    const from = ({ gradient, parameter }: RuleInput) => ({
      direction: gradient,
      from: tf.mul(parameter, 0.5),
      slots: {},
    });
    // 1 − 0.5·1 − 2, and −2 − 0.5·3 + 4
    await expectClose(once(declare({ rule: from })).updates.w!, [-1.5, 0.5]);
  });

  it('starts slots with their functions: constants, copies, scalars, rows', async () => {
    const start = {
      accumulator: (p: tf.Tensor) => tf.fill(p.shape, 0.1),
      copy: tf.clone,
      scale: () => tf.scalar(7),
      itself: (p: tf.Tensor) => p,
      row: (p: tf.Tensor) => tf.zeros([p.shape[0]!, 1]),
    };
    const parameters = { w: tf.variable(tf.ones([2, 3])) };
    const optimizer = perParameter({
      name: 'various',
      learningRate: 1,
      slots: start,
      rule: ({ gradient, slots }) => ({ direction: tf.mul(gradient, slots.scale), slots }),
    });
    await expectNoLeaks(async () => {
      const state = optimizer.init(parameters);
      await expectClose(state.accumulator!.w!, new Array(6).fill(0.1));
      expect(state.copy!.w).not.toBe(parameters.w);
      expect(state.itself!.w).not.toBe(parameters.w);
      expect([state.scale!.w!.shape, state.row!.w!.shape]).toEqual([[], [2, 1]]);
      const grads = { w: tf.ones([2, 3]) };
      const result = optimizer.update(grads, state, { params: parameters, step: 0 });
      await expectClose(result.updates.w!, new Array(6).fill(-7));
      // The rule returned its inputs, yet the caller may dispose the old state.
      tf.dispose([grads, state]);
      await expectClose(result.state.scale!.w!, 7);
      tf.dispose([result.updates, result.state]);
    });
    parameters.w.dispose();
  });

  it('passes the loss to the rule: Polyak step size', async () => {
    // f(w) = Σ w²/2 with the minimum 0: the step size η = f/‖g‖² halves w.
    const polyak = perParameter({
      name: 'polyak',
      learningRate: 1,
      rule: ({ gradient: g, value }) => ({
        direction: tf.mul(g, tf.div(value!, tf.sum(tf.square(g)))),
        slots: {},
      }),
    });
    const parameters = params();
    const value = tf.div(tf.sum(tf.square(parameters.w)), 2);
    const { updates } = polyak.update({ w: parameters.w }, polyak.init(parameters), {
      params: parameters,
      step: 0,
      value,
    });
    await expectClose(updates.w!, [-1, 2]);
  });

  it('counts the gradients of a parameter on request, and reads older checkpoints', async () => {
    const steps: number[] = [];
    const optimizer = declare({
      countsSteps: true,
      slots: { last: tf.zerosLike },
      rule({ gradient, step }) {
        steps.push(step);
        return { direction: gradient, slots: { last: gradient } };
      },
    });
    const parameters = { a: tf.scalar(1), b: tf.scalar(1) };
    let state = optimizer.init({ a: parameters.a });
    const take = (names: ('a' | 'b')[], step: number) => {
      const grads = Object.fromEntries(names.map((name) => [name, tf.scalar(1)]));
      state = optimizer.update(grads, state, { params: parameters, step }).state;
    };
    take(['a'], 0);
    expect(Object.keys(state)).toEqual(['last']);
    take(['a', 'b'], 1);
    take(['b'], 2);
    take(['a', 'b'], 3);
    // a: 0, 1, pause, 2; b starts one step later.
    expect(steps).toEqual([0, 1, 0, 1, 2, 2]);
    await expectClose(state.missed!.a!, 1);
    await expectClose(state.missed!.b!, 1);
  });

  it('corrects the bias of an added parameter by its own gradients: its first Adam step is the rate', async () => {
    const optimizer = adam({ learningRate: 0.1 });
    const parameters = { early: tf.scalar(1), late: tf.scalar(1) };
    let state = optimizer.init({ early: parameters.early });
    for (let step = 0; step < 20; step++) {
      ({ state } = optimizer.update({ early: tf.scalar(1) }, state, { params: parameters, step }));
    }
    const grads = { early: tf.scalar(1), late: tf.scalar(3) };
    const { updates } = optimizer.update(grads, state, { params: parameters, step: 20 });
    await expectClose(updates.late!, -0.1, { absolute: 1e-6 });
    await expectClose(updates.early!, -0.1, { absolute: 1e-6 });
  });

  it.each([
    [
      () => declare({ rule: undefined as never }),
      /^perParameter: neither of rule and foreach are given; give one/,
    ],
    [() => declare({ foreach: () => [] }), /^perParameter: both of rule and foreach are given; give one/],
    [() => declare({ lr: 1 } as never), /^perParameter: there is no option "lr"; did you mean learningRate/],
    [
      () => declare({ slots: { mean: 0 as never } }),
      /^perParameter: the slot mean is 0; give a function that makes its initial tensor, or \{ start, range \}/,
    ],
    [
      () => declare({ slots: { mean: { start: tf.zerosLike, min: 0 } as never } }),
      /^perParameter: the slot mean: there is no option "min"; the options are start, range/,
    ],
    [
      () => declare({ slots: { mean: { start: tf.zerosLike, range: [1, 0] } } }),
      /^perParameter: the slot mean: range is \[1, 0\]; give two numbers \[lowest, highest\], the lower one first/,
    ],
    [
      () => once(declare({ slots: { mean: () => 0 as never } })),
      /^plain: the slot mean starts as 0; give a function/,
    ],
    [
      () => once(declare({ slots: { mean: tf.zerosLike } })),
      /^plain: the slot mean of w \[2\] with mean \[2\] becomes missing; give the state/,
    ],
    [
      () => once(declare({ rule: ({ gradient }) => ({ direction: tf.sum(gradient), slots: {} }) })),
      /^plain: the update of w \[2\] with no state becomes \[\]; give/,
    ],
    [
      () => once(declare({ rule: () => ({ slots: {} }) })),
      /^perParameter: the rule returned neither direction nor update for w/,
    ],
    [
      () => {
        const optimizer = adam();
        const parameters = params();
        const { mean } = optimizer.init(parameters);
        optimizer.update({ w: tf.zeros([2]) }, { mean: mean! }, { params: parameters, step: 0 });
      },
      /^adam: the state of w has no square; give the complete state/,
    ],
  ] as [() => unknown, RegExp][])('shows the value and says how to fix it %#', (call, message) => {
    expect(call).toThrow(message);
  });
});

describe('says what a rule must return', () => {
  it.each<[string, Partial<PerParameterOptions<'m'>>, RegExp]>([
    [
      'without slots',
      { slots: { m: tf.zerosLike }, rule: ({ gradient }) => ({ direction: gradient }) as never },
      /^plain: the rule returned no slots for w; return { direction, slots: { m } }/,
    ],
    [
      'with nothing',
      { rule: (() => undefined) as never },
      /^perParameter: the rule returned undefined for w; return an object { direction, slots }/,
    ],
    [
      'with a tensor',
      { rule: (({ gradient }: RuleInput) => gradient) as never },
      /^perParameter: the rule returned a tensor float32 \[2\] for w; return an object/,
    ],
    [
      'for all at once',
      { rule: undefined, foreach: () => [] },
      /^perParameter: foreach returned \[\] for 1 parameters; return an array/,
    ],
  ])('%s', (_, more, message) => {
    expect(() => once(declare(more as Partial<PerParameterOptions>))).toThrow(message);
  });
});

it('says that a schedule was not called', () => {
  const message = 'the function cosineDecay was given without a call; give cosineDecay(…), with its options';
  const schedule = cosineDecay as never;
  const minified = Object.defineProperty((o: never) => cosineDecay(o), 'name', {
    value: 'cosineDecay',
  }) as never;
  expect(() => adam({ learningRate: schedule })).toThrow(message);
  expect(() => once(adam({ learningRate: minified }))).toThrow(message);
  expect(() => warmup(schedule, { steps: 1 })).toThrow(message);
  expect(() => warmup(minified, { steps: 1 })(0)).toThrow(message);
  expect(() => joinSchedules([schedule], { at: [] })).toThrow(message);
  expect(() => joinSchedules([minified], { at: [] })(0)).toThrow(message);
  expect(() => plotSchedule(schedule, { steps: 9 })).toThrow(message);
  expect(() => exponentialMovingAverage(adam(), { decay: schedule })).toThrow(message);
});

it('tells a rule its weight decay, and leaves the decay to it on request', async () => {
  const seen: number[] = [];
  const rule = ({ gradient, weightDecay }: RuleInput) => {
    seen.push(weightDecay);
    return { direction: gradient, decays: true, slots: {} };
  };
  await expectClose(once(declare({ weightDecay: 0.5, rule })).updates.w!, [-0.5, -1.5]);
  await expectClose(once(declare({ weightDecay: 0.5, decoupled: false, rule })).updates.w!, [-1, -0.5]);
  expect(seen).toEqual([0.5, 0]);
});

it.each(['missed', 'accumulated', 'accumulatedSteps', 'accumulatedUnused', 'a/b', 'a.b', ''])(
  'refuses a slot named %j, which files or others use',
  (slot) => {
    const rule = () => ({ direction: tf.scalar(0), slots: {} });
    const declaration = { name: 'own', learningRate: 1, slots: { [slot]: tf.zerosLike }, rule };
    expect(() => perParameter(declaration)).toThrow(
      /^perParameter: a slot has the name ".*", which is (reserved|none); give another name, without dots and slashes/,
    );
  },
);
