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
  /** In the order in which they will be made. */
  trainings: { recipe: Recipe; seed: number }[];
  data: ImageDataset;
  checkpoints: Checkpoints;
  signal?: AbortSignal;
  /** Milliseconds since 1970, for tests. */
  now?: () => number;
}

/**
 * Tells what the trainings that are left will take and when they will be done, by a few steps of each model; keeps what
 * each training is expected to take from its first step to its last.
 *
 * @returns what is left to train, without the trainings of models that do not fit in memory, with the reasons
 * @throws the signal's reason when it aborts, and what a model throws for any other reason than memory
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
    const of = measured.get(model) ?? (await measure(recipe));
    measured.set(model, of);
    if (typeof of === 'string') {
      leftOut.push({ name: model, seed, reason: of });
      continue;
    }
    const training = { model, seed };
    const saved = await checkpoints.load(training);
    if (checkpoints.forecastOf(training) === undefined) {
      checkpoints.keepForecast(training, of(0).trainSeconds);
    }
    forecasts.push({ ...training, ...of(saved?.progress.step ?? 0) });
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
    listener({ type: 'stage', message: `measuring a few steps of ${recipe.model}` });
    try {
      return await measureForecast(recipe, data, { signal });
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      listener({ type: 'stage', message: `${recipe.model} is left out: ${error.message}` });
      return error.message;
    }
  }
}
