import type { Cifar10 } from '@tenfold/datasets';
import type { Recipe } from '../recipes/recipe';
import type { Checkpoints } from '../run-folder/checkpoints';
import { type Forecast, measureForecast } from './measure/forecast';
import type { RunListener } from './types';

interface ForecastRunOptions {
  /** In the order in which they will be made. */
  trainings: { recipe: Recipe; seed: number }[];
  data: Cifar10;
  checkpoints: Checkpoints;
  signal?: AbortSignal;
  /** Milliseconds since 1970, for tests. */
  now?: () => number;
}

/**
 * Tells what the trainings that are left will take and when they will be done, by a few steps of each model; keeps what
 * each training is expected to take from its first step to its last.
 */
export async function forecastRun(
  { trainings, data, checkpoints, signal, now = Date.now }: ForecastRunOptions,
  listener: RunListener,
): Promise<void> {
  const left = trainings.filter(({ recipe: { model }, seed }) => !checkpoints.finished({ model, seed }));
  const measured = new Map<string, (step: number) => Forecast>();
  const forecasts: (Forecast & { model: Recipe['model']; seed: number })[] = [];
  for (const { recipe, seed } of left) {
    const { model } = recipe;
    if (!measured.has(model)) {
      listener({ type: 'stage', message: `measuring a few steps of ${model}` });
      measured.set(model, await measureForecast(recipe, data, { signal }));
    }
    const of = measured.get(model)!;
    const training = { model, seed };
    const saved = await checkpoints.load(training);
    if (checkpoints.forecastOf(training) === undefined) {
      checkpoints.keepForecast(training, of(0).trainSeconds);
    }
    forecasts.push({ ...training, ...of(saved?.progress.step ?? 0) });
  }
  if (forecasts.length === 0) return;
  let doneAt = now();
  listener({
    type: 'forecast',
    trainings: forecasts.map((forecast) => {
      doneAt += 1000 * (forecast.trainSeconds + forecast.evaluationSeconds);
      return { ...forecast, doneAt: new Date(doneAt).toISOString() };
    }),
  });
}
