import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  adam,
  clipByGlobalNorm,
  exponentialMovingAverage,
  muon,
  partition,
  perParameter,
  sgd,
} from './index';

const make = () =>
  partition(
    [
      { match: /conv\.kernel$/, optimizer: muon({ momentum: 0.5 }) },
      { match: (_, parameter) => parameter.rank === 1, optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }) },
    ],
    adam(),
  );
const params = () => ({
  'conv.kernel': tf.ones([2, 3]),
  'conv.bias': tf.ones([3]),
  'head.kernel': tf.ones([3, 2]),
});
const grads = () => ({
  'conv.kernel': tf.tensor2d([
    [1, 2, 3],
    [4, 5, 7],
  ]),
  'conv.bias': tf.tensor1d([1, 2, 3]),
  'head.kernel': tf.fill([3, 2], 0.5),
});

describe('partition', () => {
  it('keeps the states of its optimizers separate', () => {
    const state = make().init(params());
    const names = Object.entries(state).map(([slot, tensors]) => [slot, Object.keys(tensors)]);
    expect(names).toEqual([
      ['0.momentum', ['conv.kernel']],
      ['1.momentum', ['conv.bias']],
      ['rest.mean', ['head.kernel']],
      ['rest.square', ['head.kernel']],
    ]);
  });

  it('steps each parameter with the optimizer of its group, over several steps', async () => {
    const [whole, p, g] = [make(), params(), grads()];
    let state = whole.init(p);
    const alone = {
      'conv.kernel': muon({ momentum: 0.5 }),
      'conv.bias': sgd({ learningRate: 0.1, momentum: 0.9 }),
      'head.kernel': adam(),
    };
    for (const [name, optimizer] of Object.entries(alone)) {
      const key = name as keyof typeof alone;
      let singleState = optimizer.init({ [key]: p[key] });
      state = whole.init(p);
      for (let step = 0; step < 3; step++) {
        const both = whole.update(g, state, { params: p, step });
        const result = optimizer.update({ [key]: g[key] }, singleState, { params: p, step });
        await expectClose(both.updates[key]!, result.updates[key]!, { absolute: 0, relative: 0 });
        [state, singleState] = [both.state, result.state];
      }
    }
    expect(Object.keys(state)).toEqual(['0.momentum', '1.momentum', 'rest.mean', 'rest.square']);
  });

  it('assigns a parameter to the first group that matches', () => {
    const both = partition(
      [
        { match: /kernel/g, optimizer: sgd({ learningRate: 1, momentum: 0.5 }) },
        { match: /conv/, optimizer: sgd({ learningRate: 1 }) },
      ],
      adam(),
    );
    // With the flag g, test() has state; matching twice must give the same result.
    for (let i = 0; i < 2; i++)
      expect(Object.keys(both.init(params())['0.momentum']!)).toEqual(['conv.kernel', 'head.kernel']);
  });

  it('works for some of the gradients and leaks nothing', async () => {
    const [p, g, optimizer] = [params(), grads(), make()];
    await expectNoLeaks(() => {
      const state = optimizer.init(p);
      const result = optimizer.update({ 'conv.bias': g['conv.bias'] }, state, { params: p, step: 0 });
      expect(Object.keys(result.updates)).toEqual(['conv.bias']);
      expect(Object.keys(result.state)).toEqual([...Object.keys(state), 'rest.missed']);
      return [state, result.updates, result.state];
    });
  });

  it('needs no rest if every parameter has a group, and names a parameter without one', () => {
    const group = { match: /conv/, optimizer: adam() };
    expect(Object.keys(partition([group]).init({ 'conv.bias': tf.zeros([3]) }))).toEqual([
      '0.mean',
      '0.square',
    ]);
    expect(() => partition([group]).init(params())).toThrow(
      /^partition: no group matches head\.kernel \[3,2\]; add a group, or give an optimizer for the rest/,
    );
  });

  it('passes an optimizer only its own parameters: a partition within a partition', () => {
    const inner = partition([{ match: /conv/, optimizer: sgd({ learningRate: 1, momentum: 0.5 }) }]);
    const optimizer = partition([{ match: /conv/, optimizer: inner }], adam());
    const [p, g] = [params(), grads()];
    const state = optimizer.init(p);
    expect(Object.keys(state)).toEqual(['0.0.momentum', 'rest.mean', 'rest.square']);
    const result = optimizer.update(g, state, { params: p, step: 0 });
    expect(Object.keys(result.updates).sort()).toEqual(Object.keys(p).sort());
  });

  it('assigns added parameters to their group, which may have been empty', async () => {
    const [p, g, optimizer] = [params(), grads(), make()];
    const { 'head.kernel': head } = p;
    const first = optimizer.update(
      { 'head.kernel': g['head.kernel'] },
      optimizer.init({ 'head.kernel': head }),
      { params: { 'head.kernel': head }, step: 0 },
    );
    const { updates, state } = optimizer.update(g, first.state, { params: p, step: 1 });
    expect(Object.keys(updates).sort()).toEqual(Object.keys(p).sort());
    expect(Object.keys(state['0.momentum']!)).toEqual(['conv.kernel']);
    expect(Object.keys(state)).not.toContain('rest.missed');
  });

  it('passes the loss to its optimizers', () => {
    let seen: tf.Tensor | undefined;
    const inner = perParameter({
      name: 'spy',
      learningRate: 1,
      rule({ gradient, value }) {
        seen = value;
        return { direction: gradient, slots: {} };
      },
    });
    const value = tf.scalar(3);
    const optimizer = exponentialMovingAverage(clipByGlobalNorm(partition([], inner), { maxNorm: 1 }));
    const p = { w: tf.scalar(1) };
    optimizer.update({ w: tf.scalar(1) }, optimizer.init(p), { params: p, step: 0, value });
    expect(seen).toBe(value);
  });

  it.each([
    [
      () => partition(undefined as never),
      /^partition: groups is missing; give an array of entries, each a group \{ match, optimizer \}/,
    ],
    [() => partition([adam()] as never), /^partition, group 0: there is no option "init"/],
    [
      () => partition([{ match: 'conv', optimizer: adam() }] as never),
      /^partition, group 0: match is "conv"; give/,
    ],
    [
      () => partition([{ match: /a/, optimizer: adam }] as never),
      /^partition, group 0: optimizer is the function adam/,
    ],
    [() => partition([], adam as never), /^partition: rest is the function adam; give an optimizer/],
  ])('shows the value and says how to fix it %#', (call, message) => {
    expect(call).toThrow(message);
  });

  it('names a gradient without a parameter', () => {
    const [p, optimizer] = [params(), make()];
    expect(() =>
      optimizer.update({ other: tf.zeros([1]) }, optimizer.init(p), { params: p, step: 0 }),
    ).toThrow(/^partition: there is a gradient for other but no parameter of that name/);
  });
});
