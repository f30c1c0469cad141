import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { files, make, type Options } from '../test/suite';
import {
  accumulate,
  cautious,
  exponentialMovingAverage,
  lookahead,
  type Optimizer,
  perParameter,
  scheduleFree,
  stochasticWeightAveraging,
} from './index';

const params = { w: tf.ones([2, 2]) };
const withSlot = (slot: string) =>
  perParameter({
    name: 'own',
    learningRate: 1,
    slots: { [slot]: tf.zerosLike },
    rule: ({ gradient, slots }) => ({ direction: gradient, slots }),
  });
const wrappers: [name: string, wrap: (optimizer: Optimizer) => Optimizer, slots: string[]][] = [
  ['accumulate', (o) => accumulate(o, { steps: 2 }), ['gradientSum', 'gradientCount']],
  ['exponentialMovingAverage', (o) => exponentialMovingAverage(o), ['average']],
  ['lookahead', (o) => lookahead(o), ['slow']],
  ['scheduleFree', (o) => scheduleFree(o), ['fast', 'average']],
  ['stochasticWeightAveraging', (o) => stochasticWeightAveraging(o), ['average']],
];

describe.each(wrappers)('%s', (name, wrap, slots) => {
  it('refuses an optimizer that has its slot, also within another wrapper', () => {
    const message = (slot: string) =>
      `${name}: the optimizer already has the slot ${slot}; wrap one without it, and wrap it only once`;
    for (const slot of slots) {
      expect(() => wrap(withSlot(slot)).init(params)).toThrow(message(slot));
      expect(() => wrap(cautious(withSlot(slot))).init(params)).toThrow(message(slot));
    }
    expect(() => wrap(wrap(withSlot('own'))).init(params)).toThrow(message(slots[0]!));
  });

  it('takes every rule, except one that keeps its average', () => {
    const rules = Object.entries(files).filter(
      ([, [first, ...lines]]) =>
        'gradients' in first && !lines.some((line) => 'options' in line && line.options.base),
    );
    const plain = (rule: string) => make(rule, { learningRate: 0.1 } as Options);
    const taken = rules.filter(([rule]) => rule !== 'asgd' || !slots.includes('average'));
    expect(taken.length).toBeGreaterThan(20);
    for (const [rule] of taken) {
      const own = Object.keys(plain(rule).init(params));
      expect(Object.keys(wrap(plain(rule)).init(params)), rule).toEqual([...own, ...slots]);
    }
  });
});
