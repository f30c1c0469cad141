import { expect, it, vi } from 'vitest';
import { planRun } from './plan';

vi.mock('../models/profiles', async (original) => {
  const { profiles } = await original<typeof import('../models/profiles')>();
  const { rnn, ...others } = profiles.paper;
  return { profiles: { ...profiles, paper: others } };
});

it('takes the recipes of a profile, with its number of epochs or another', () => {
  const { recipes } = planRun({ profile: 'quick', models: ['vit', 'cnn'] });
  expect(recipes.map(({ model, epochs }) => [model, epochs])).toEqual([
    ['vit', 3],
    ['cnn', 2],
  ]);
  expect(planRun({ profile: 'quick', models: ['cnn'], epochs: 9 }).recipes[0]!.epochs).toBe(9);
});

it('says which models a profile has when it lacks one', () => {
  expect(() => planRun({ profile: 'paper', models: ['cnn', 'rnn'] })).toThrow(
    'the profile paper has no recipe of rnn; it has cnn, fnn, vit, vit-hybrid: name those by --models, or take another profile',
  );
});
