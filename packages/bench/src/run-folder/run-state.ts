import { z } from 'zod';
import { digest } from '../lib/digest';
import { join, readFile, type WriteFile } from '../lib/files';
import { epochSchema, modelResultSchema, resultsSchema } from '../results/results';

const count = z.int().min(0);
// JSON has no NaN and no Infinity; a loss on the test images may be one.
const number = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);

const sums = z.object({
  steps: count,
  examples: count,
  seconds: z.number(),
  loss: z.number(),
  metrics: z.record(z.string(), z.number()),
});

const outcome = modelResultSchema
  .pick({ confusionMatrix: true, perClassAccuracy: true, calibration: true })
  .extend({
    accuracy: z.number(),
    mistakes: z.array(z.object({ image: count, label: count, prediction: count, probability: z.number() })),
  });

/** How far the training of one model has come, beside what its trainer holds. */
export const progressSchema = z.object({
  step: count,
  /** Of the epoch that the step is in; null when it has been reported. */
  sums: sums.nullable(),
  history: z.array(
    epochSchema.extend({ trainLoss: number, trainAccuracy: number, testLoss: number, testAccuracy: number }),
  ),
  /** Of the last epoch in the history. */
  outcome: outcome.nullable(),
  trainSeconds: z.number(),
  /** Images trained on. */
  trained: count,
  peakMemoryBytes: count,
  /** Executed operations, energy and points of the curves. */
  measured: z.object({
    flops: z.number(),
    joules: z.number().nullable(),
    points: modelResultSchema.shape.steps,
  }),
});
export type Progress = z.infer<typeof progressSchema>;

const stateSchema = z.object({
  schemaVersion: z.literal(2),
  /** Newest first: of the training that is under way, at most two. */
  checkpoints: z.array(
    z.object({
      model: z.string(),
      seed: count,
      file: z.string(),
      sha256: z.string(),
      savedAt: z.iso.datetime(),
      /** Of steps.jsonl at that moment. */
      logBytes: count,
      progress: progressSchema,
    }),
  ),
  /** Trainings that have come to their end. */
  finished: z.array(z.object({ result: modelResultSchema, logBytes: count })),
  /** Of training time, from the first step of each training to its last, before the run began. */
  forecasts: z.array(z.object({ model: z.string(), seed: count, seconds: z.number().min(0) })).default([]),
  /** The most that the backend was seen to reach on this machine during the run. */
  peak: resultsSchema.shape.peak.default(null),
  /** Every time that the run was resumed, and what was not as it had been. */
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

/** Writes where a run stands; the state before it stays beside it. */
export async function writeState(folder: string, state: RunState, write: WriteFile): Promise<void> {
  const before = await readFile(join(folder, FILE), 'utf8').catch(() => undefined);
  if (before !== undefined && (await parse(before))) await write(join(folder, PREVIOUS), before);
  const sha256 = await digest(JSON.stringify(state));
  await write(join(folder, FILE), `${JSON.stringify({ sha256, state }, null, 1)}\n`);
}

/** Reads where a run stands: nowhere when it was not written yet, at the state before when it is damaged. */
export async function readState(folder: string, say: (message: string) => void): Promise<RunState> {
  for (const [name, next] of [
    [FILE, 'taking the one before it'],
    [PREVIOUS, 'beginning from the start'],
  ] as const) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const state = await parse(text);
    if (state) return state;
    say(`${join(folder, name)} is damaged: ${next}`);
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
