import { createRng } from '@tenfold/random';
import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  bidirectional,
  createModel,
  gru,
  type Layer,
  linearRecurrentUnit,
  lstm,
  minGru,
  type SequenceInput,
  type SequenceResult,
  simpleRnn,
  stacked,
} from '../index';

type Recurrent = Layer<object, tf.Tensor | SequenceInput, SequenceResult>;
const size = { inFeatures: 2, units: 2, output: 'all', returnState: true } as const;
const layers: [string, Recurrent][] = [
  ['gru', gru(size)],
  ['lstm', lstm(size)],
  ['simpleRnn', simpleRnn(size)],
  ['minGru', minGru(size)],
  ['linearRecurrentUnit', linearRecurrentUnit(size)],
  ['stacked', stacked([lstm(size), lstm(size)])],
];
const x = tf.tensor(createRng(1).fillNormal(new Float32Array(20)), [2, 5, 2]);
const part = (from: number, count: number) => tf.slice(x, [0, from, 0], [2, count, 2]);

describe.each(layers)('%s', (name, layer) => {
  const model = createModel(layer, { seed: 3 });

  it('continues from the state that it returns', async () => {
    const whole = model.predict(x);
    const first = model.predict(part(0, 2));
    const { state, cell } = first;
    expect('cell' in first).toBe(name === 'lstm' || name === 'stacked');
    const second = model.predict({ x: part(2, 3), state, ...(cell && { cell }) });
    await expectClose(tf.concat([first.y, second.y], 1), whole.y);
    await expectClose(second.state, whole.state);
    if (cell) await expectClose(second.cell!, whole.cell!);
  });

  it('ends at the length of each sequence, whatever is after it', async () => {
    const spoiled = tf.concat([part(0, 3), tf.fill([2, 2, 2], Number.NaN)], 1);
    const { y, state } = model.predict({ x: spoiled, lengths: tf.tensor([3, 3]) });
    const short = model.predict(part(0, 3));
    await expectClose(y, tf.pad(short.y, [[0, 0], [0, 2], [0, 0]])); // biome-ignore format: one axis after another
    await expectClose(state, short.state);
  });

  it('refuses wrong lengths and states, and leaves nothing', async () => {
    const start = `^${name}: `;
    const wrong: [object, string][] = [
      [{ x, lengths: tf.tensor([5]) }, 'lengths has shape \\[1\\]; give one for each sequence, \\[2\\]'],
      [{ x, state: tf.zeros([2, 7, 3]) }, 'state has shape \\[2,7,3\\]; give \\['],
      [{ x, length: tf.tensor([5, 5]) }, 'the input has "length"; give a tensor, or'],
    ];
    if (tf.getBackend() !== 'webgpu') {
      wrong.push([{ x, lengths: tf.tensor([5, 6]) }, 'a length is 6; give integers from 1 to 5']);
    }
    await expectNoLeaks(() => {
      for (const [input, message] of wrong) {
        expect(() => model.predict(input as SequenceInput)).toThrow(new RegExp(start + message));
      }
    });
  });
});

it('gives NaN for a wrong length that cannot be read', async () => {
  const model = createModel(gru({ inFeatures: 2, units: 2 }));
  const predict = () => model.predict({ x, lengths: tf.tensor([2, 9]) });
  if (tf.getBackend() !== 'webgpu') {
    expect(predict).toThrow(/^gru: a length is 9/);
    return;
  }
  expect([...(await predict().data())].map(Number.isNaN)).toEqual([false, false, true, true]);
});

it.each<[() => unknown, RegExp]>([
  [() => stacked([]), /^stacked: layers is \[\]; give an array of at least one/],
  [
    () =>
      createModel(
        stacked([
          gru({ inFeatures: 2, units: 2, output: 'all' }),
          gru({ inFeatures: 2, units: 2, returnState: true }),
        ]),
      ).predict(x),
    /^stacked: 1 of 2 layers return their state; give all or none/,
  ],
  [
    () => linearRecurrentUnit({ inFeatures: 1, units: 1, minRadius: 0.9, maxRadius: 0.5 }),
    /^linearRecurrentUnit: minRadius is 0.9 and maxRadius is 0.5; give a larger maxRadius/,
  ],
  [
    () => {
      const cell = () => gru({ inFeatures: 2, units: 2, output: 'all' });
      createModel(bidirectional(cell(), cell())).predict({ x, state: tf.zeros([2, 2]) });
    },
    /^bidirectional: it takes no initial state/,
  ],
])('refuses what does not fit together: %#', (call, message) => {
  expect(call).toThrow(message);
});
