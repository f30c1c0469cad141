import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixtureModel, fixtureResults } from '../../test/fixture-results';
import { parseResults } from './results';
import { resultsJsonSchema } from './results-json-schema';

describe('parseResults', () => {
  it('gives back what it was given', () => {
    const results = fixtureResults();
    expect(parseResults(results)).toEqual(results);
  });

  it('writes numbers that are not finite as null', () => {
    const model = {
      ...fixtureModel('cnn', 0.5, 1),
      diverged: true,
      testLoss: Number.NaN,
      testAccuracy: Number.NaN,
    };
    model.history[0]!.trainLoss = Number.POSITIVE_INFINITY;
    const [parsed] = parseResults(fixtureResults({ models: [model] })).models;
    expect([parsed!.testLoss, parsed!.testAccuracy, parsed!.history[0]!.trainLoss]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('refuses null where a number must be', () => {
    const model = { ...fixtureModel('cnn', 0.5, 1), trainSeconds: Number.NaN };
    expect(() => parseResults(fixtureResults({ models: [model] }))).toThrow(/models\[0\]\.trainSeconds/);
  });

  it('names every field that is wrong', () => {
    const wrong = { ...fixtureResults(), seeds: [-1], createdAt: 'yesterday' };
    expect(() => parseResults(wrong)).toThrow(/seed[\s\S]*|createdAt[\s\S]*/);
    expect(() => parseResults({ schemaVersion: 2 })).toThrow(/parseResults: not a results\.json/);
    expect(() => parseResults(undefined)).toThrow(/parseResults: not a results\.json/);
  });

  it.each([
    ['no base64', /mistakes\[0\]\.pixels/],
    ['AAA', /mistakes\[0\]\.pixels/],
  ])('refuses pixels that are %s', (pixels, message) => {
    const model = fixtureModel('cnn', 0.5, 1);
    model.mistakes[0]!.pixels = pixels;
    expect(() => parseResults(fixtureResults({ models: [model] }))).toThrow(message);
  });

  it('refuses a picture without the bytes of its shape', () => {
    const model = fixtureModel('cnn', 0.5, 1);
    model.pictures[0]!.pixels[1] = 'AAAA';
    expect(() => parseResults(fixtureResults({ models: [model] }))).toThrow(
      /expected the 3072 bytes of 32×32×3, found 3\s[\s\S]*models\[0\]\.pictures\[0\]\.pixels\[1\]/,
    );
  });

  it('refuses what is nested too deep to be results', () => {
    const deep = JSON.parse(`${'['.repeat(20_000)}1${']'.repeat(20_000)}`);
    const model = { ...fixtureModel('cnn', 0.5, 1), recipe: { model: 'cnn', deep } };
    expect(() => parseResults(fixtureResults({ models: [model] }))).toThrow(
      'parseResults: not a results.json: it has more than 32 levels of lists and objects',
    );
  });

  it('says when the file is of a later version', () => {
    expect(() => parseResults({ schemaVersion: 3 })).toThrow(/schemaVersion is 3; .* reads 2\. Update/);
  });
});

it('results.schema.json is up to date: pnpm run schema', () => {
  const written = readFileSync(new URL('../../results.schema.json', import.meta.url), 'utf8');
  expect(written).toBe(resultsJsonSchema());
});
