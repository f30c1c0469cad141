import { expect, it, vi } from 'vitest';
import { fixtureModel } from '../../test/fixture-results';
import { quick } from '../../test/recipes';
import { tintedImages } from '../../test/tinted-images';
import type { RunEvent } from '../results/run-events';
import type { Checkpoints } from '../run-folder/checkpoints';
import { forecastRun } from './forecast-run';
import { measureForecast } from './measure/forecast';

vi.mock('./measure/forecast', () => ({
  measureForecast: vi.fn(async ({ model }: { model: string }) => (step: number) => ({
    epochs: 10 - step,
    flops: 1e9 * (10 - step),
    trainSeconds: (model === 'cnn' ? 60 : 6) * (10 - step),
    evaluationSeconds: 30,
  })),
}));

const trainings = [5, 6].flatMap((seed) => [quick.cnn, quick.fnn].map((recipe) => ({ recipe, seed })));
const noon = Date.parse('2026-01-31T12:00:00Z');

/** cnn with seed 5 is finished; fnn with seed 5 stands at step 4 and was expected to take 70 seconds. */
function begun(kept: Map<string, number>): Checkpoints {
  const key = ({ model, seed }: { model: string; seed: number }) => `${model} ${seed}`;
  return {
    finished: (training) => (key(training) === 'cnn 5' ? fixtureModel('cnn', 0.5, 1) : undefined),
    load: async (training) => (key(training) === 'fnn 5' ? { progress: { step: 4 } } : undefined) as never,
    savedForecast: (training) => kept.get(key(training)),
    keepForecast: (training, seconds) => void kept.set(key(training), seconds),
  } as Partial<Checkpoints> as Checkpoints;
}

it('tells what is left and when it will be done, and keeps what a whole training was expected to take', async () => {
  const events: RunEvent[] = [];
  const kept = new Map([['fnn 5', 70]]);
  const options = { trainings, data: tintedImages(), checkpoints: begun(kept), now: () => noon };
  await forecastRun(options, (event) => void events.push(event));
  expect(events.at(-1)).toEqual({
    type: 'forecast',
    trainings: [
      { model: 'fnn', seed: 5, trainSeconds: 36, doneAt: '2026-01-31T12:01:06.000Z' },
      { model: 'cnn', seed: 6, trainSeconds: 600, doneAt: '2026-01-31T12:11:36.000Z' },
      { model: 'fnn', seed: 6, trainSeconds: 60, doneAt: '2026-01-31T12:13:06.000Z' },
    ].map((training) => expect.objectContaining(training)),
  });
  expect(events.filter(({ type }) => type === 'stage')).toHaveLength(2); // each model is measured once
  expect([...kept]).toEqual([
    ['fnn 5', 70],
    ['cnn 6', 600],
    ['fnn 6', 60],
  ]);
});

it('says nothing when nothing is left', async () => {
  const events: RunEvent[] = [];
  const done = trainings.slice(0, 1);
  const options = { trainings: done, data: tintedImages(), checkpoints: begun(new Map()) };
  await forecastRun(options, (event) => void events.push(event));
  expect(events).toEqual([]);
});

it.each([
  ['OutOfMemoryError', [5, 6].map((seed) => ({ name: 'fnn', seed, reason: 'no room for fnn' }))],
  ['TypeError', undefined],
])('%s: skips only the model that does not fit in memory', async (name, leftOut) => {
  const original = vi.mocked(measureForecast).getMockImplementation()!;
  vi.mocked(measureForecast).mockImplementation(async (recipe, ...rest) => {
    if (recipe.model === 'fnn') throw Object.assign(new Error('no room for fnn'), { name });
    return original(recipe, ...rest);
  });
  try {
    const events: RunEvent[] = [];
    const options = { trainings, data: tintedImages(), checkpoints: begun(new Map()), now: () => noon };
    const forecast = forecastRun(options, (event) => void events.push(event));
    if (leftOut === undefined) return await expect(forecast).rejects.toThrow('no room for fnn');
    expect(await forecast).toEqual(leftOut);
    expect(events.filter(({ type }) => type === 'stage')).toEqual([
      { type: 'stage', message: 'timing a few steps of fnn' },
      { type: 'stage', message: 'skipping fnn: no room for fnn' },
      { type: 'stage', message: 'timing a few steps of cnn' },
    ]);
    const [told] = events.filter((event) => event.type === 'forecast');
    expect(told!.trainings.map(({ model, seed }) => `${model} ${seed}`)).toEqual(['cnn 6']);
  } finally {
    vi.mocked(measureForecast).mockImplementation(original);
  }
});
