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

  it('says when the file is of a later version', () => {
    expect(() => parseResults({ schemaVersion: 3 })).toThrow(/schemaVersion is 3; .* reads 2\. Update/);
  });
});

it('results.schema.json is up to date: pnpm run schema', () => {
  const written = readFileSync(new URL('../../results.schema.json', import.meta.url), 'utf8');
  expect(written).toBe(resultsJsonSchema());
});
