import { expect, it } from 'vitest';
import { fixtureResults } from '../../test/fixture-results';
import { parseResults } from './results';
import { summarizeResults } from './summary';

it('leaves out pictures and steps, and stays results that can be read', () => {
  const results = fixtureResults();
  const summary = summarizeResults(results);
  expect(parseResults(summary)).toEqual(summary);
  expect(JSON.stringify(summary).length).toBeLessThan(0.2 * JSON.stringify(results).length);
  for (const [i, { pictures, steps, mistakes, history, confusionMatrix }] of summary.models.entries()) {
    expect({ pictures, steps }).toEqual({ pictures: [], steps: [] });
    expect(mistakes.every(({ pixels }) => pixels === null)).toBe(true);
    expect({ history, confusionMatrix }).toEqual({
      history: results.models[i]!.history,
      confusionMatrix: results.models[i]!.confusionMatrix,
    });
  }
});
