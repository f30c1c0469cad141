import { z } from 'zod';

/** A number that a diverged training may lack: NaN and Infinity are written as null. */
const measured = z.number().nullable();
const share = z.number().min(0).max(1);
const count = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A machine and the versions on it. */
export const machineSchema = z
  .object({
    cpu: z.string().meta({ description: "The processor's name, as it calls itself." }),
    cores: count.meta({ description: 'Logical processors that the process may use.' }),
    threads: count.meta({ description: 'Threads that the backend computes on; 0 when it does not say.' }),
    memoryBytes: count,
    os: z.string(),
    arch: z.string(),
    node: z.string(),
    v8: z.string(),
    commit: z
      .string()
      .nullable()
      .meta({ description: "The source's commit, with + when files differ from it." }),
    versions: z.record(z.string(), z.string()).meta({ description: 'Package to version.' }),
  })
  .meta({ description: 'Where the numbers were measured.' });

/** An epoch of a model's history. */
export const epochSchema = z.object({
  epoch: count.meta({ description: 'From 1.' }),
  seconds: z.number().min(0).meta({ description: 'Training so far, from its start, without evaluation.' }),
  trainLoss: measured,
  trainAccuracy: measured.meta({
    description: 'On augmented images while the model was still changing, in [0, 1].',
  }),
  testLoss: measured,
  testAccuracy: measured,
  learningRate: z.number(),
});

const mistake = z.object({
  image: count.meta({ description: 'Index in the test set.' }),
  label: count,
  prediction: count,
  probability: share.meta({ description: 'What the model gave its wrong prediction.' }),
  pixels: z
    .string()
    .nullable()
    .meta({ description: 'Base64 of the image, [height, width, 3] bytes, red first; null when left out.' }),
});

/** A model of the results. */
export const modelResultSchema = z
  .object({
    name: z.string(),
    architecture: z.string().meta({ description: 'The network in words.' }),
    narrowed: z
      .string()
      .nullable()
      .meta({ description: 'How this network is smaller than the one it stands for; null when it is not.' }),
    notes: z.array(z.string()),
    recipe: z.record(z.string(), z.json()).meta({ description: 'Every hyper-parameter.' }),
    parameters: count.meta({ description: 'Trainable and frozen ones.' }),
    epochs: count,
    batchSize: count,
    diverged: z.boolean().meta({ description: 'A loss became NaN or infinite.' }),
    testAccuracy: measured.meta({ description: 'After the last epoch, in [0, 1].' }),
    testLoss: measured,
    testImages: count,
    trainSeconds: z.number().min(0).meta({ description: 'Training alone: no download, no evaluation.' }),
    imagesPerSecond: z.number().min(0),
    flops: z.object({
      forwardPerImage: z.number().min(0).meta({ description: 'A multiply-add is two operations.' }),
      trainTotal: z.number().min(0).meta({ description: '3 × forward × images that were trained on.' }),
    }),
    gflopsPerSecond: z.number().min(0),
    peakMemoryBytes: count.nullable().meta({ description: "The process's largest resident set." }),
    energyJoules: z.number().min(0).nullable(),
    energyReason: z.string().nullable().meta({ description: 'How energy was measured, or why it was not.' }),
    history: z.array(epochSchema),
    confusionMatrix: z
      .array(z.array(count))
      .meta({ description: 'Test images; row: label, column: prediction.' }),
    perClassAccuracy: z.array(share),
    mistakes: z.array(mistake).meta({ description: 'The wrong predictions that the model was surest of.' }),
  })
  .meta({ description: 'One trained model.' });

const paperModel = z.object({
  model: z.string(),
  testAccuracy: z.number(),
  trainHours: z.number(),
  flopsBillions: z.number(),
});

/** What a run found: the file `results.json` in its folder. */
export const resultsSchema = z
  .object({
    schemaVersion: z.literal(1),
    createdAt: z.iso.datetime(),
    command: z.string().meta({ description: 'Repeats the run.' }),
    machine: machineSchema,
    backend: z.object({ name: z.string(), details: z.record(z.string(), z.string()) }),
    dataset: z.object({
      name: z.string(),
      trainImages: count,
      testImages: count,
      classNames: z.array(z.string()),
      sha256: z.record(z.string(), sha256).meta({ description: 'Part of the data set to its digest.' }),
    }),
    profile: z.string(),
    seed: count,
    resumed: z
      .object({
        times: count,
        bits: z.enum(['equal', 'approximate']),
        differences: z.array(z.string()),
      })
      .optional()
      .meta({
        description:
          'Of a run that was stopped and continued: whether it is certain to have the numbers of an unbroken run, and what was not as before.',
      }),
    models: z.array(modelResultSchema),
    paper: z.object({
      title: z.string(),
      year: z.int(),
      models: z.array(paperModel),
      leavesOpen: z.array(z.string()),
    }),
  })
  .meta({
    title: 'Results of tenfold-bench',
    description: 'What one comparison found, and all that would repeat it.',
  });

export type Results = z.infer<typeof resultsSchema>;
export type ModelResult = Results['models'][number];
export type Machine = Results['machine'];

/**
 * Checks a value against the schema of `results.json`.
 *
 * @param value the parsed file, or results in memory, where NaN and Infinity count as null
 * @returns the results, without keys that the schema does not know
 * @throws with the path of every field that is wrong
 * @example
 * const results = parseResults(JSON.parse(await readFile('runs/first/results.json', 'utf8')));
 */
export function parseResults(value: unknown): Results {
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === 'number' && version > 1) {
    throw new Error(
      `parseResults: schemaVersion is ${version}; this version of @tenfold/bench reads 1. Update @tenfold/bench`,
    );
  }
  // By way of JSON, so that what is checked is what a file would hold.
  const parsed = resultsSchema.safeParse(JSON.parse(JSON.stringify(value) ?? 'null'));
  if (!parsed.success) throw new Error(`parseResults: not a results.json: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
