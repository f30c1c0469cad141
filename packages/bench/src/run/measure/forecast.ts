import type { ImageDataset } from '@tenfold/datasets';
import { countFlops } from '@tenfold/kernels';
import { createTrainer } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';
import type { Recipe } from '../../models/recipe';
import type { Forecast } from '../../results/run-events';
import { testBatches } from '../data';
import { setUp } from '../set-up';

/** Steps with the same cost, since they train the same parameters. */
interface Phase {
  /** The steps of the training before it, and up to its end. */
  from: number;
  to: number;
  secondsPerStep: number;
  flopsPerStep: number;
}

const SECONDS = 2;
const STEPS = 5;
/** A first step of this length counts, although it may include seconds of one-time work such as compiling. */
const LONG_STEP_SECONDS = 20;
const TEST_BATCH = 500;

/**
 * Times a few steps of a training, and one batch of predictions, with a separate network; the training itself is unaffected.
 *
 * @returns the forecast of the rest of the training after the given number of steps
 * @throws the signal's reason when it aborts
 */
export async function measureForecast(
  recipe: Recipe,
  data: ImageDataset,
  { seed = 0, signal }: { seed?: number; signal?: AbortSignal } = {},
): Promise<(step: number) => Forecast> {
  const {
    model,
    source,
    optimizer,
    loss,
    seed: stepSeed,
    totalSteps,
    freeze,
  } = await setUp(recipe, data, seed);
  const trainer = createTrainer(model, { loss, optimizer, seed: stepSeed });
  const phases: Phase[] = [];
  let secondsPerImage = 0;
  try {
    const starts = [0, ...recipe.optimizer.groups.map(({ trainedEpochs }) => trainedEpochs ?? 0)];
    const epochs = [...new Set(starts)].filter((epoch) => epoch < recipe.epochs).sort((a, b) => a - b);
    for (const [i, epoch] of epochs.entries()) {
      freeze(epoch);
      const to = epochs[i + 1] ?? recipe.epochs;
      const { stepsPerEpoch } = source;
      phases.push({ from: epoch * stepsPerEpoch, to: to * stepsPerEpoch, ...(await measureSteps()) });
    }
    secondsPerImage = await measurePredictions();
  } finally {
    trainer.dispose();
    model.dispose();
  }
  const evaluated = data.test.count * (recipe.epochs + (recipe.testViews === 6 ? 6 : 0));
  return (step) => {
    const left = (phase: Phase) => Math.max(0, phase.to - Math.max(phase.from, step));
    const total = (select: (phase: Phase) => number) =>
      sum(phases.map((phase) => left(phase) * select(phase)));
    const epochsDone = Math.floor(step / source.stepsPerEpoch);
    return {
      epochs: (totalSteps - step) / source.stepsPerEpoch,
      flops: total(({ flopsPerStep }) => flopsPerStep),
      trainSeconds: total(({ secondsPerStep }) => secondsPerStep),
      evaluationSeconds: secondsPerImage * (evaluated - data.test.count * epochsDone),
    };
  };

  /** The mean of a few steps, without the first unless it is long or the only one. */
  async function measureSteps(): Promise<Pick<Phase, 'secondsPerStep' | 'flopsPerStep'>> {
    const times: number[] = [];
    const counted = () => (times[0]! >= LONG_STEP_SECONDS ? times : times.slice(1));
    let flopsPerStep = 0;
    let start = performance.now();
    for await (const batch of source.batches(0)) {
      try {
        signal?.throwIfAborted();
        const { result, flops } = countFlops(() => trainer.step(batch));
        await result.loss.data();
        tf.dispose([result.loss, result.predictions]);
        flopsPerStep = flops;
      } finally {
        tf.dispose([batch.xs, batch.ys]);
      }
      times.push((performance.now() - start) / 1000);
      if (times.length > STEPS || sum(counted()) >= SECONDS) break;
      await new Promise((resolve) => setTimeout(resolve)); // lets Ctrl-C take effect
      start = performance.now();
    }
    const measured = times.length > 1 ? counted() : times;
    return { secondsPerStep: sum(measured) / measured.length, flopsPerStep };
  }

  async function measurePredictions(): Promise<number> {
    for await (const { xs, ys } of testBatches(data, TEST_BATCH).batches(0)) {
      const start = performance.now();
      const logits = model.predict(xs);
      await logits.data();
      const seconds = (performance.now() - start) / 1000;
      tf.dispose([xs, ys, logits]);
      return seconds / xs.shape[0]!;
    }
    return 0;
  }
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
