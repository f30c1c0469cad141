import type { MetricState } from '@tenfold/training';
import { z } from 'zod';
import { digest } from '../lib/digest';
import { isMissing, join, readFile, type WriteFile } from '../lib/files';
import { epochSchema, modelResultSchema, resultsSchema } from '../results/results';

const count = z.int().min(0);
// JSON has no NaN and no Infinity, which a test loss may be.
const number = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);

const metricState: z.ZodType<MetricState> = z.lazy(() => z.union([z.number(), z.array(metricState)]));

const sums = z.object({
  steps: count,
  examples: count,
  seconds: z.number(),
  loss: z.number(),
  metrics: z.record(z.string(), metricState),
});

const outcome = modelResultSchema
  .pick({ confusionMatrix: true, perClassAccuracy: true, calibration: true })
  .extend({
    accuracy: z.number(),
    mistakes: z.array(z.object({ image: count, label: count, prediction: count, probability: z.number() })),
  });

/** The progress of the training of one model, in addition to the trainer's state. */
export const progressSchema = z.object({
  step: count,
  /** The sums of the current epoch; null when it has been reported. */
  sums: sums.nullable(),
  history: z.array(
    epochSchema.extend({ trainLoss: number, trainAccuracy: number, testLoss: number, testAccuracy: number }),
  ),
  /** The outcome of the last epoch in the history. */
  outcome: outcome.nullable(),
  trainSeconds: z.number(),
  /** Images trained on. */
  trained: count,
  peakMemoryBytes: count,
  /** Executed operations, energy and steps for the curves. */
  measured: z.object({
    flops: z.number(),
    joules: z.number().nullable(),
    points: modelResultSchema.shape.steps,
  }),
});
export type Progress = z.infer<typeof progressSchema>;

const stateSchema = z.object({
  schemaVersion: z.literal(2),
  /** Checkpoints of the current training, newest first, at most two. */
  checkpoints: z.array(
    z.object({
      model: z.string(),
      seed: count,
      file: z.string(),
      sha256: z.string(),
      savedAt: z.iso.datetime(),
      /** The length of steps.jsonl at that moment. */
      logBytes: count,
      progress: progressSchema,
    }),
  ),
  /** Finished trainings. */
  finished: z.array(z.object({ result: modelResultSchema, logBytes: count })),
  /** Forecasts from before the run: training time from the first step of each training to its last. */
  forecasts: z.array(z.object({ model: z.string(), seed: count, seconds: z.number().min(0) })).default([]),
  /** The highest peak of the backend that was measured during the run. */
  peak: resultsSchema.shape.peak.default(null),
  /** Each time the run was resumed, with the differences. */
  resumed: z.array(z.object({ at: z.iso.datetime(), differences: z.array(z.string()) })),
});
export type RunState = z.infer<typeof stateSchema>;

const FILE = 'state.json';
const PREVIOUS = 'state.previous.json';

export const emptyState: RunState = {
  schemaVersion: 2,
  checkpoints: [],
  finished: [],
  forecasts: [],
  peak: null,
  resumed: [],
};

/** Writes the state of a run and keeps the previous state. */
export async function writeState(folder: string, state: RunState, write: WriteFile): Promise<void> {
  const current = await readFile(join(folder, FILE), 'utf8').catch(() => undefined);
  if (current !== undefined && (await parse(current))) await write(join(folder, PREVIOUS), current);
  const sha256 = await digest(JSON.stringify(state));
  await write(join(folder, FILE), `${JSON.stringify({ sha256, state }, null, 1)}\n`);
}

/** Reads the state of a run: an empty one if none was written, the previous one if it is damaged. */
export async function readState(folder: string, warn: (message: string) => void): Promise<RunState> {
  for (const [name, next] of [
    [FILE, 'using the previous one'],
    [PREVIOUS, 'starting from the beginning'],
  ] as const) {
    const path = join(folder, name);
    try {
      const state = await parse(await readFile(path, 'utf8'));
      if (state) return state;
      warn(`${path} is damaged: ${next}`);
    } catch (error) {
      if (!isMissing(error)) warn(`${path} cannot be read (${(error as Error).message}): ${next}`);
    }
  }
  return emptyState;
}

async function parse(text: string): Promise<RunState | undefined> {
  try {
    const { sha256, state } = JSON.parse(text);
    return sha256 === (await digest(JSON.stringify(state))) ? stateSchema.parse(state) : undefined;
  } catch {
    return undefined;
  }
}
