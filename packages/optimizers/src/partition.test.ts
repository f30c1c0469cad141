import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { adam, muon, partition, sgd } from './index';

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
  it('keeps the states of its optimizers apart', () => {
    const state = make().init(params());
    const names = Object.entries(state).map(([slot, tensors]) => [slot, Object.keys(tensors)]);
    expect(names).toEqual([
      ['0.momentum', ['conv.kernel']],
      ['1.momentum', ['conv.bias']],
      ['rest.mean', ['head.kernel']],
      ['rest.square', ['head.kernel']],
    ]);
  });

  it('steps each parameter as its own optimizer does, over several steps', async () => {
    const [whole, p, g] = [make(), params(), grads()];
    let state = whole.init(p);
    const alone = {
      'conv.kernel': muon({ momentum: 0.5 }),
      'conv.bias': sgd({ learningRate: 0.1, momentum: 0.9 }),
      'head.kernel': adam(),
    };
    for (const [name, optimizer] of Object.entries(alone)) {
      const key = name as keyof typeof alone;
      let own = optimizer.init({ [key]: p[key] });
      state = whole.init(p);
      for (let step = 0; step < 3; step++) {
        const both = whole.update(g, state, { params: p, step });
        const one = optimizer.update({ [key]: g[key] }, own, { params: p, step });
        await expectClose(both.updates[key]!, one.updates[key]!, { absolute: 0, relative: 0 });
        [state, own] = [both.state, one.state];
      }
    }
    expect(Object.keys(state)).toEqual(['0.momentum', '1.momentum', 'rest.mean', 'rest.square']);
  });

  it('gives a parameter to the first group that matches', () => {
    const both = partition(
      [
        { match: /kernel/g, optimizer: sgd({ learningRate: 1, momentum: 0.5 }) },
        { match: /conv/, optimizer: sgd({ learningRate: 1 }) },
      ],
      adam(),
    );
    // The flag g makes test() remember; asking twice must give the same answer.
    for (let i = 0; i < 2; i++)
      expect(Object.keys(both.init(params())['0.momentum']!)).toEqual(['conv.kernel', 'head.kernel']);
  });

  it('works for a part of the gradients and leaks nothing', async () => {
    const [p, g, optimizer] = [params(), grads(), make()];
    await expectNoLeaks(() => {
      const state = optimizer.init(p);
      const made = optimizer.update({ 'conv.bias': g['conv.bias'] }, state, { params: p, step: 0 });
      expect(Object.keys(made.updates)).toEqual(['conv.bias']);
      expect(Object.keys(made.state)).toEqual(Object.keys(state));
      return [state, made.updates, made.state];
    });
  });

  it('needs no rest when every parameter has a group, and says which has none', () => {
    const group = { match: /conv/, optimizer: adam() };
    expect(Object.keys(partition([group]).init({ 'conv.bias': tf.zeros([3]) }))).toEqual([
      '0.mean',
      '0.square',
    ]);
    expect(() => partition([group]).init(params())).toThrow(
      /^partition: no group matches head\.kernel \[3,2\]; add a group, or give an optimizer for the rest/,
    );
  });

  it('shows an optimizer its own parameters only: a partition within a partition', () => {
    const inner = partition([{ match: /conv/, optimizer: sgd({ learningRate: 1, momentum: 0.5 }) }]);
    const optimizer = partition([{ match: /conv/, optimizer: inner }], adam());
    const [p, g] = [params(), grads()];
    const state = optimizer.init(p);
    expect(Object.keys(state)).toEqual(['0.0.momentum', 'rest.mean', 'rest.square']);
    const made = optimizer.update(g, state, { params: p, step: 0 });
    expect(Object.keys(made.updates).sort()).toEqual(Object.keys(p).sort());
  });

  it('says which gradient has no parameter', () => {
    const [p, optimizer] = [params(), make()];
    expect(() =>
      optimizer.update({ other: tf.zeros([1]) }, optimizer.init(p), { params: p, step: 0 }),
    ).toThrow(/^partition: there is a gradient for other but no parameter of that name/);
  });
});
