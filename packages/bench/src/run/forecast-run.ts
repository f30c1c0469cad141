import type { ImageDataset } from '@tenfold/datasets';
import type { Recipe } from '../models/recipe';
import type { Results } from '../results/results';
import type { Forecast, RunListener } from '../results/run-events';
import type { Checkpoints } from '../run-folder/checkpoints';
import { measureForecast } from './measure/forecast';
import { isOutOfMemory } from './out-of-memory';

/** A training that does not fit in memory. */
export type LeftOut = NonNullable<Results['leftOut']>[number];

interface ForecastRunOptions {
  /** In training order. */
  trainings: { recipe: Recipe; seed: number }[];
  data: ImageDataset;
  checkpoints: Checkpoints;
  signal?: AbortSignal;
  /** Milliseconds since 1970, for tests. */
  now?: () => number;
}

/**
 * Forecasts how long the remaining trainings take and when they will be done, from a few steps of each model. Records the
 * forecast of each whole training.
 *
 * @returns the trainings that do not fit in memory, with the reasons
 * @throws the signal's reason when it aborts, and any error of a model that is not about memory
 */
export async function forecastRun(
  { trainings, data, checkpoints, signal, now = Date.now }: ForecastRunOptions,
  listener: RunListener,
): Promise<LeftOut[]> {
  const left = trainings.filter(({ recipe: { model }, seed }) => !checkpoints.finished({ model, seed }));
  const measured = new Map<string, ((step: number) => Forecast) | string>();
  const forecasts: (Forecast & { model: Recipe['model']; seed: number })[] = [];
  const leftOut: LeftOut[] = [];
  for (const { recipe, seed } of left) {
    const { model } = recipe;
    const forecastFrom = measured.get(model) ?? (await measure(recipe));
    measured.set(model, forecastFrom);
    if (typeof forecastFrom === 'string') {
      leftOut.push({ name: model, seed, reason: forecastFrom });
      continue;
    }
    const training = { model, seed };
    const saved = await checkpoints.load(training);
    if (checkpoints.savedForecast(training) === undefined) {
      checkpoints.keepForecast(training, forecastFrom(0).trainSeconds);
    }
    forecasts.push({ ...training, ...forecastFrom(saved?.progress.step ?? 0) });
  }
  if (forecasts.length === 0) return leftOut;
  let doneAt = now();
  listener({
    type: 'forecast',
    trainings: forecasts.map((forecast) => {
      doneAt += 1000 * (forecast.trainSeconds + forecast.evaluationSeconds);
      return { ...forecast, doneAt: new Date(doneAt).toISOString() };
    }),
  });
  return leftOut;

  /** The forecast, or why there is none. */
  async function measure(recipe: Recipe): Promise<((step: number) => Forecast) | string> {
    listener({ type: 'stage', message: `timing a few steps of ${recipe.model}` });
    try {
      return await measureForecast(recipe, data, { signal });
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      listener({ type: 'stage', message: `skipping ${recipe.model}: ${error.message}` });
      return error.message;
    }
  }
}
