import { createRng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  batchNorm,
  block,
  type Context,
  createModel,
  dropout,
  freeze,
  type Layer,
  sequential,
} from '../index';

const x = tf.tensor2d([[1], [3]]);
const layers = { norm: batchNorm({ channels: 1 }), drop: dropout({ rate: 0.5 }) };

describe('the context of a model', () => {
  it.each<[string, Partial<Context> | undefined]>([
    ['missing', undefined],
    ['empty', {}],
    ['with a stream only', { rng: createRng(1) }],
    ['with undefined', { training: undefined }],
  ])('is inference in every layer when it is %s', async (_, context) => {
    const seen: Context[] = [];
    const watch: Layer = {
      init: () => ({}),
      apply(_, x, given) {
        seen.push(given);
        return tf.neg(x);
      },
    };
    for (const layer of [batchNorm({ channels: 1 }), dropout({ rate: 0.5 }), sequential(layers)]) {
      const model = createModel(layer);
      expect(await model.apply(x, context).data()).toEqual(await model.predict(x).data());
    }
    createModel(watch).apply(x, context);
    createModel(block({ watch: freeze(watch) }, (l, x) => l.watch(x))).apply(x, context);
    expect(seen.map(({ training }) => training)).toEqual([false, false]);
  });

  it('has no place in predict, which takes one input', () => {
    const predict: (...given: unknown[]) => tf.Tensor = createModel(sequential(layers)).predict as never;
    for (const more of [{ training: true }, tf.ones([1])]) {
      expect(() => predict(x, more)).toThrow(
        /^predict: the second argument is .*; give several inputs as one object/,
      );
    }
    expect([x, x].map(predict)).toHaveLength(2);
  });

  it.each<[unknown, RegExp]>([
    [
      { train: true },
      /there is no option "train"; did you mean training\? The options are training, rng, record/,
    ],
    [{ train: false }, /there is no option "train"; did you mean training/],
    [{ Training: true }, /did you mean training/],
    [{ training: true, seed: 1 }, /there is no option "seed"; the options are training, rng, record/],
    [{ training: 'yes' }, /training is "yes"; give true or false/],
    [{ training: true, rng: 1 }, /rng is 1; give a stream such as createRng\(1\)/],
    [{ record: true }, /record is true; give a function/],
    [true, /the context is true; give an object such as \{ training: true \}/],
    [false, /the context is false; give an object/],
    [null, /the context is null; give an object/],
    ['x', /the context is "x"; give an object/],
  ])('rejects %j in every layer', (context, message) => {
    for (const layer of [layers.norm, layers.drop, sequential(layers)]) {
      const model = createModel(layer);
      expect(() => model.apply(x, context as Context)).toThrow(message);
      expect(() => model.apply(x, context as Context)).toThrow(/^model\.apply: /);
    }
  });

  it('is checked in a composition that is applied without a model', async () => {
    const network = sequential(layers);
    const { params } = createModel(network);
    expect(() => network.apply(params, x, { train: true } as unknown as Context)).toThrow(
      /^sequential: there is no option "train"; did you mean training/,
    );
    const y = network.apply(params, x, { rng: createRng(1) } as unknown as Context);
    expect(await y.data()).toEqual(await network.apply(params, x, { training: false }).data());
    const other = block(layers, (l, x) => l.drop(l.norm(x)));
    expect(() => other.apply(params, x, true as unknown as Context)).toThrow(/^block: the context is true/);
    const frozen = freeze(network);
    expect(() => frozen.apply(params, x, true as unknown as Context)).toThrow(/^freeze: the context is true/);
  });
});
