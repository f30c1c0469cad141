import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';
import { fixtureModel } from '../../../test/fixture-results';
import { groupSeeds } from '../../results/group-seeds';
import { learningCurves } from './learning-curves';

/** The numbers on the axis of the values. */
async function ticks(y: 'testAccuracy' | 'testLoss', values: number[]): Promise<number[]> {
  const models = values.map((value, i) => {
    const model = fixtureModel(`m${i}`, 0.5, 1, 1);
    return { ...model, history: model.history.map((epoch) => ({ ...epoch, [y]: value })) };
  });
  const svg = await learningCurves(groupSeeds(models), { y, x: 'epoch' });
  const { document } = parseHTML(`<html><body>${svg}</body></html>`);
  const labels = document.querySelectorAll('[aria-label="y-axis tick label"] text');
  return [...labels].map(({ textContent }) => Number(textContent));
}

it('has no accuracy above 100 % on its axis, and no loss below 0', async () => {
  for (const values of [[0.9955, 0.976], [1], [0.999, 0.2]]) {
    const numbers = await ticks('testAccuracy', values);
    expect(numbers.length).toBeGreaterThan(2);
    expect(Math.max(...numbers)).toBeLessThanOrEqual(100);
  }
  const numbers = await ticks('testLoss', [0, 0.001]);
  expect(numbers.length).toBeGreaterThan(2);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
});
