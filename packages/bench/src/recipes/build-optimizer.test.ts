import '@tenfold/gradients';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { hour, quick } from '../../test/recipes';
import { type Recipe, recipeSchema } from '../models/recipe';
import { buildOptimizer, buildSchedule } from './build-optimizer';
import type { GroupRecipe } from './training-recipe';

it('warms a straight line up, then runs it over the rest of the steps', () => {
  const rate = buildSchedule({ schedule: 'linear', from: 1, to: 0, warmupFraction: 0.2 }, 10);
  const rates = Array.from({ length: 11 }, (_, step) => Number(rate(step).toFixed(4)));
  expect(rates).toEqual([0.5, 1, 1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125, 0]);
  const straight = buildSchedule({ schedule: 'linear', from: 1, to: 0 }, 10);
  expect([0, 5, 10].map(straight)).toEqual([1, 0.5, 0]);
});

const muon: GroupRecipe = {
  match: 'kernel$',
  rule: 'muon',
  learningRate: 0.1,
  momentum: 0,
  newtonSchulzSteps: 5,
  normalizeWeights: false,
  weightDecay: 0,
};

function firstUpdate(change: Partial<Pick<Recipe, 'weightAverage'>>, group: GroupRecipe) {
  const optimizer = buildOptimizer(
    { epochs: 1, optimizer: { maxNorm: null, groups: [group] }, ...change },
    10,
  );
  const params = { kernel: tf.ones([2, 8]) };
  const state = optimizer.init(params);
  const grads = {
    kernel: tf.tensor2d(
      Array.from({ length: 16 }, (_, i) => Math.sin(i)),
      [2, 8],
    ),
  };
  const { updates, state: after } = optimizer.update(grads, state, { params, step: 0 });
  return { update: [...updates.kernel!.dataSync()], slots: Object.keys(after) };
}

it('gives Muon its scale', () => {
  const plain = firstUpdate({}, muon).update;
  const scaled = firstUpdate({}, { ...muon, scale: 'aspect' }).update;
  scaled.forEach((value, i) => {
    expect(value).toBeCloseTo(2 * plain[i]!, 5); // √(8/2)
  });
});

it('keeps an average where the recipe wants one', () => {
  expect(firstUpdate({ weightAverage: 0.9 }, muon).slots).toEqual(['0.momentum', 'average']);
  expect(firstUpdate({}, muon).slots).toEqual(['0.momentum']);
});

it('refuses an average of what is frozen', () => {
  expect(recipeSchema.safeParse({ ...quick.fnn, weightAverage: 0.99 }).success).toBe(true);
  const { error } = recipeSchema.safeParse({ ...hour.cnn, weightAverage: 0.99 });
  expect(error!.issues[0]).toMatchObject({
    path: ['weightAverage'],
    message: expect.stringMatching(/no value when a group has trainedEpochs/),
  });
});
