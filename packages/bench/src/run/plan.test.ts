import { expect, it, vi } from 'vitest';
import { planRun } from './plan';

vi.mock('../models/profiles', async (original) => {
  const { profiles } = await original<typeof import('../models/profiles')>();
  const { rnn, ...others } = profiles.paper;
  return { profiles: { ...profiles, paper: others } };
});

it('takes the recipes of a profile, with its number of epochs or another', async () => {
  const { recipes } = await planRun({ profile: 'quick', models: ['vit', 'cnn'] });
  expect(recipes.map(({ model, epochs }) => [model, epochs])).toEqual([
    ['vit', 3],
    ['cnn', 2],
  ]);
  const longer = await planRun({ profile: 'quick', models: ['cnn'], epochs: 9 });
  expect(longer.recipes[0]!.epochs).toBe(9);
});

it('says which models a profile has when it lacks one', async () => {
  await expect(planRun({ profile: 'paper', models: ['cnn', 'rnn'] })).rejects.toThrow(
    'the profile paper has no recipe of rnn; it has cnn, fnn, vit, vit-hybrid: choose among them with --models, or choose another profile',
  );
});

it('augments as suits the dataset, unless a value is overridden', async () => {
  const options = { profile: 'hour' as const, models: ['cnn' as const] };
  const [color] = (await planRun(options)).recipes;
  expect(color).toMatchObject({ augmentation: { flip: 'alternating', shift: 2 }, testViews: 6 });
  const digits = await planRun({ ...options, dataset: 'mnist' });
  expect(digits.dataset).toMatchObject({ id: 'mnist', name: 'MNIST' });
  expect(Object.keys(digits.dataset.sha256)).toContain('t10k-labels-idx1-ubyte');
  expect(digits.recipes).toEqual([
    { ...color, augmentation: { ...color!.augmentation, flip: 'none' }, testViews: 1 },
  ]);
  const overrides = [{ model: 'cnn' as const, path: ['augmentation', 'flip'], value: 'random' }];
  const mirrored = await planRun({ ...options, dataset: 'mnist', overrides });
  expect(mirrored.recipes[0]!.augmentation.flip).toBe('random');
});
