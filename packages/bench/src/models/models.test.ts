import { describe, expect, it } from 'vitest';
import { hour, quick } from '../../test/recipes';
import { frozenAt } from '../recipes/build-optimizer';
import { narrowedText } from './architecture-text';
import { profiles } from './profiles';
import { recipeSchema } from './recipe';

describe('every recipe', () => {
  it.each(
    Object.entries(profiles).flatMap(([profile, recipes]) =>
      Object.entries(recipes).map(([model, recipe]) => [profile, model, recipe] as const),
    ),
  )('%s %s is what the schema says, and of its model', (_, model, recipe) => {
    expect(recipeSchema.parse(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
    expect(recipe.model).toBe(model);
  });
});

it('says of a network that is smaller than its name promises how it is', () => {
  expect(narrowedText('cnn', quick.cnn.architecture)).toBe('widths 32/64/64 instead of 64/128/128');
  expect(narrowedText('fnn', { widths: [4096] })).toBe('widths 4096 instead of 2048/2048/1024');
  expect(narrowedText('vit', quick.vit.architecture)).toBe(
    'width 64 instead of 128, depth 4 instead of 6, mlpWidth 128 instead of 256',
  );
  expect(narrowedText('cnn', hour.cnn.architecture)).toBeNull();
  expect(narrowedText('cnn', { widths: [64, 256, 256] })).toBeNull();
  expect(narrowedText('rnn', {})).toBeNull();
  for (const { model, architecture } of Object.values(hour)) {
    expect(narrowedText(model, architecture)).toBeNull();
  }
});

it('freezes the parameters of the first group that matches, from the epoch after its last', () => {
  const names = ['whiten.bias', 'block1.norm1.beta', 'head.kernel'];
  expect(frozenAt(hour.cnn, 2, names)).toEqual([]);
  expect(frozenAt(hour.cnn, 3, names)).toEqual(['whiten.bias']);
  expect(frozenAt(quick.cnn, 9, names)).toEqual([]);
});
