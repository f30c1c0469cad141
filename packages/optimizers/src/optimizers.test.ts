import { existsSync } from 'node:fs';
import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { files, make, type Options, testOptimizers } from '../test/suite';
import * as exported from './index';
import { applyUpdates, clipByGlobalNorm, linearDecay } from './index';

testOptimizers('rules');

it('has a golden file or a test for every export', () => {
  const findFile = (name: string) =>
    `./${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.test.ts`;
  const without = Object.keys(exported).filter(
    (name) => !files[name] && !existsSync(new URL(findFile(name), import.meta.url)),
  );
  expect(without).toEqual([]);
});

describe('bad options', () => {
  const { sgd, rmsProp, adam, adamW, muon } = exported;
  const wrong = (options: object) => options as never;
  it.each([
    [() => sgd(wrong({})), /^sgd: learningRate is missing; give/],
    [() => sgd({ learningRate: 0.1, momentum: 1 }), /^sgd: momentum is 1; give a number in \[0, 1\)/],
    [() => sgd({ learningRate: 0.1, nesterov: true }), /^sgd: nesterov is true but momentum is 0/],
    [() => sgd({ learningRate: 0.1, weightDecay: -1 }), /^sgd: weightDecay is -1; give a finite/],
    [() => sgd(wrong({ learningRate: 0.1, decoupled: 'false' })), /^sgd: decoupled is "false"; give true/],
    [() => rmsProp({ decay: Number.NaN }), /^rmsProp: decay is NaN; give a number in/],
    [() => rmsProp({ epsilon: 0 }), /^rmsProp: epsilon is 0; give a finite number above 0/],
    [() => adam({ beta1: 1 }), /^adam: beta1 is 1; give a number in/],
    [() => adam(wrong({ beta1: '0.5' })), /^adam: beta1 is "0.5" \(a string\); give a number in/],
    [() => adam({ beta2: -0.1 }), /^adam: beta2 is -0.1; give a number in/],
    [() => adam(wrong({ weight_decay: 0.1 })), /^adam: there is no option "weight_decay"/],
    [() => adam(wrong({ amsgrad: 1 })), /^adam: amsgrad is 1; give true or false/],
    [() => exported.rprop({ increase: 0.9 }), /^rprop: increase is 0.9; give a finite number of at least 1/],
    [
      () => exported.rprop({ minStep: 1, maxStep: 0.5 }),
      /^rprop: minStep is 1 but maxStep is 0.5; give a minStep of at most maxStep/,
    ],
    [
      () => exported.betaLasso({ only: /weight$/ }).init({ 'a.kernel': tf.zeros([2]) }),
      /^betaLasso: only is \/weight\$\/, which matches none of the parameters a.kernel/,
    ],
    [() => adamW({ epsilon: -1 }), /^adamW: epsilon is -1/],
    [() => adamW({ weightDecay: Number.POSITIVE_INFINITY }), /^adamW: weightDecay is Infinity/],
    [
      () => adamW(wrong({ only: 'kernel' })),
      /^adamW: only is "kernel"; give a regular expression or a function/,
    ],
    [() => adamW(wrong({ wd: 0.1 })), /^adamW: there is no option "wd"; did you mean weightDecay\?/],
    [() => muon({ newtonSchulzSteps: 0 }), /^muon: newtonSchulzSteps is 0; give an integer from 1 to 100/],
    [() => muon({ newtonSchulzSteps: 2 ** 40 }), /^muon: newtonSchulzSteps is 1099511627776; give/],
    ...['big', 'constructor', 'toString'].map(
      (scale) =>
        [
          () => muon(wrong({ scale })),
          new RegExp(`^muon: scale is "${scale}"; give "none", "aspect" or "rms"`),
        ] as const,
    ),
    [
      () => muon().init({ bias: tf.zeros([3]) }),
      /^muon: bias has shape \[3\] but muon is for matrices; use another optimizer for it, with partition/,
    ],
    [
      () => adamW({ only: /weight$/ }).init({ 'a.kernel': tf.zeros([2]), 'a.bias': tf.zeros([1]) }),
      /^adamW: only is \/weight\$\/, which matches none of the parameters a.kernel, a.bias; give one that matches/,
    ],
  ] as [() => unknown, RegExp][])('shows the value and says how to fix it %#', (call, message) => {
    expect(call).toThrow(message);
  });

  it('accepts a function for only, and an empty set of parameters', async () => {
    const params = { kernel: tf.ones([2, 2]), bias: tf.ones([2]) };
    const optimizer = sgd({ learningRate: 1, weightDecay: 0.5, only: (_, p) => p.rank >= 2 });
    const grads = { kernel: tf.zeros([2, 2]), bias: tf.zeros([2]) };
    const { updates } = optimizer.update(grads, optimizer.init(params), { params, step: 0 });
    await expectClose(updates.kernel!, tf.fill([2, 2], -0.5));
    await expectClose(updates.bias!, [0, 0]);
    expect(adamW({ only: /kernel$/ }).init({})).toEqual({ mean: {}, square: {} });
    expect(linearDecay({ start: 1, totalSteps: 2 })(1)).toBe(0.5);
  });
});

it.each(['constructor', 'toString', 'valueOf', '__proto__'])('steps a parameter named %s', async (key) => {
  const rules = {
    adam: exported.adam(),
    momentum: exported.sgd({ learningRate: 0.1, momentum: 0.9 }),
    muon: exported.muon({ learningRate: 0.1 }),
    groups: exported.partition([{ match: /other/, optimizer: exported.adam() }], exported.adam()),
    average: exported.exponentialMovingAverage(exported.adam()),
    clipped: clipByGlobalNorm(exported.adam(), { maxNorm: 1 }),
  };
  const map = (name: string, tensor: tf.Tensor): tf.NamedTensorMap => Object.fromEntries([[name, tensor]]);
  for (const [rule, optimizer] of Object.entries(rules)) {
    const results: number[][] = [];
    for (const name of [key, 'kernel']) {
      const params = map(name, tf.variable(tf.tensor([1, 2, 3, 4], [2, 2])));
      let state = optimizer.init(params);
      for (let step = 0; step < 2; step++) {
        const next = optimizer.update(map(name, tf.tensor([1, -1, 2, 1], [2, 2])), state, { params, step });
        state = next.state;
        applyUpdates(params, next.updates);
      }
      expect(
        Object.values(state).map((tensors) => Object.keys(tensors)),
        rule,
      ).toEqual(Object.keys(state).map((slot) => (slot.startsWith('0.') ? [] : [name])));
      results.push([...(await Object.getOwnPropertyDescriptor(params, name)!.value.data())]);
    }
    expect(results[0], rule).toEqual(results[1]);
  }
});

it.each([4e9, 1e15, 1e18])('adafactor steps with a gradient of %d as with one of 1', async (size) => {
  const update = (gradient: number) => {
    const params = { w: tf.ones([4, 3]) };
    const optimizer = exported.adafactor();
    const info = { params, step: 0 };
    return optimizer.update({ w: tf.fill([4, 3], gradient) }, optimizer.init(params), info).updates.w!;
  };
  await expectClose(update(size), update(1), { relative: 1e-5 });
});

it('refuses parameters of integers with every rule', () => {
  const rules = Object.entries(files)
    .filter(([, [first, ...lines]]) => 'gradients' in first && !lines.some(({ options }) => options.base))
    .map(([name]) => name);
  expect(rules.length).toBeGreaterThan(20);
  const params = { w: tf.ones([2, 2], 'int32') };
  const grads = { w: tf.ones([2, 2]) };
  for (const name of [...rules, 'sophia']) {
    const optimizer = make(name, { learningRate: 0.1 } as Options);
    const message = new RegExp(`^${name}: the parameter w is int32, to which steps cannot be added; give`);
    expect(() => optimizer.init(params)).toThrow(message);
    expect(() => optimizer.update(grads, {}, { params, step: 1 })).toThrow(message);
  }
  expect(() => exported.lbfgs().init(params)).toThrow(/^lbfgs: the parameter w is int32/);
});
