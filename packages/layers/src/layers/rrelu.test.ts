import { createRng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { createModel, freeze, rrelu, sequential } from '../index';

const negative = tf.fill([1000], -1);
const slopes = async (y: tf.Tensor): Promise<number[]> => [...(await y.data())].map((value) => -value);

it('draws slopes from the range in training, others in each pass, and uses their mean afterwards', async () => {
  const model = createModel(sequential([rrelu({ lower: 0.1, upper: 0.5 })]));
  const pass = (seed: number) => model.apply(negative, { training: true, rng: createRng(seed) });
  const drawn = await slopes(pass(1));
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0.0999);
  expect(Math.min(...drawn)).toBeLessThan(0.11);
  expect(Math.max(...drawn)).toBeLessThanOrEqual(0.5001);
  expect(Math.max(...drawn)).toBeGreaterThan(0.49);
  expect(Math.abs(drawn.reduce((sum, slope) => sum + slope) / 1000 - 0.3)).toBeLessThan(0.02);
  expect(await slopes(pass(1))).toEqual(drawn);
  expect(await slopes(pass(2))).not.toEqual(drawn);
  for (const slope of await slopes(model.predict(negative))) expect(slope).toBeCloseTo(0.3, 6);
});

it('is not random where it is frozen', async () => {
  const model = createModel(freeze(rrelu({ lower: 0.1, upper: 0.5 })));
  const y = model.apply(negative, { training: true, rng: createRng(1) });
  for (const slope of await slopes(y)) expect(slope).toBeCloseTo(0.3, 6);
});

it('says what is wrong', () => {
  expect(() => rrelu({ lower: 0.5 })).toThrow(
    'rrelu: lower is 0.5 and upper is 0.3333333333333333 (the default); give a lower that is at most upper',
  );
  expect(() => rrelu({ slope: 0.5 } as never)).toThrow('rrelu: there is no option "slope"');
  expect(() => createModel(rrelu()).apply(negative, { training: true })).toThrow(
    'rrelu: rng is missing in training',
  );
});
