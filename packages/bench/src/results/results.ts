import { z } from 'zod';
import { isDeeperThan } from '../lib/nesting';

/** A number that may be missing after divergence: NaN and Infinity are written as null. */
const measured = z.number().nullable();
const share = z.number().min(0).max(1);
const count = z.int().min(0);
/** More levels of lists and objects than results have. */
const DEEPEST = 32;
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A machine and the versions on it. */
export const machineSchema = z
  .object({
    cpu: z.string().meta({ description: "The processor's model name." }),
    cores: count.meta({ description: 'Logical processors available to the process.' }),
    threads: count.meta({ description: 'Threads of the backend; 0 when it does not report them.' }),
    memoryBytes: count,
    os: z.string(),
    arch: z.string(),
    node: z.string(),
    v8: z.string(),
    commit: z
      .string()
      .nullable()
      .meta({ description: "The source's commit, with + for uncommitted changes." }),
    versions: z.record(z.string(), z.string()).meta({ description: 'Package name to version.' }),
  })
  .meta({ description: 'Where the numbers were measured.' });

/** An epoch of a model's history. */
export const epochSchema = z.object({
  epoch: count.meta({ description: 'From 1.' }),
  seconds: z.number().min(0).meta({ description: 'Training time so far, without evaluation.' }),
  trainLoss: measured,
  trainAccuracy: measured.meta({
    description: 'On augmented images while the model was still changing, in [0, 1].',
  }),
  testLoss: measured,
  testAccuracy: measured,
  learningRate: z.number(),
  flops: z.number().min(0).nullable().meta({ description: 'Executed by training so far.' }),
  joules: z.number().min(0).nullable().meta({ description: 'Used by training so far.' }),
});

const stepSchema = z.object({
  step: count.meta({ description: 'From 1.' }),
  loss: measured,
  learningRate: z.number(),
  gradientNorm: measured.meta({ description: 'Euclidean norm of all gradients together, before clipping.' }),
});

const inferenceSchema = z.object({
  batchSize: count,
  milliseconds: z.object({ median: z.number(), p10: z.number(), p90: z.number() }),
  runs: count,
  imagesPerSecond: z.number().min(0),
});

const calibrationSchema = z.object({
  expectedCalibrationError: share.meta({
    description: 'Mean of |accuracy − confidence| over the bins, weighted by their number of images.',
  }),
  bins: z.array(
    z.object({
      from: share,
      to: share,
      images: count,
      confidence: share.nullable(),
      accuracy: share.nullable(),
    }),
  ),
});

const picture = z
  .object({
    title: z.string(),
    height: count,
    width: count,
    channels: z.union([z.literal(1), z.literal(3)]),
    pixels: z
      .array(z.base64())
      .meta({ description: 'Base64 of [height, width, channels] bytes, one string per tile.' }),
    captions: z.array(z.string()).meta({ description: 'One per tile; empty when the tiles need none.' }),
  })
  .superRefine(({ height, width, channels, pixels }, context) => {
    for (const [tile, text] of pixels.entries()) {
      if (countBytes(text) === height * width * channels) continue;
      const message = `expected the ${height * width * channels} bytes of ${height}×${width}×${channels}, found ${countBytes(text)}`;
      context.addIssue({ code: 'custom', path: ['pixels', tile], message, input: text });
    }
  });

/** The number of bytes that a base64 text encodes. */
const countBytes = (text: string): number => (text.length / 4) * 3 - (/=*$/.exec(text)?.[0].length ?? 0);

const mistake = z.object({
  image: count.meta({ description: 'Index in the test set, or among the held-out images.' }),
  label: count,
  prediction: count,
  probability: share.meta({ description: 'The probability of the wrong prediction.' }),
  pixels: z.base64().nullable().meta({
    description: 'Base64 of the image, [height, width, channels] bytes in RGB order; null when left out.',
  }),
});

/** A model of the results. */
export const modelResultSchema = z
  .object({
    name: z.string(),
    seed: count.meta({ description: 'The seed of all random numbers in this training.' }),
    architecture: z.string().meta({ description: 'The network in words.' }),
    narrowed: z.string().nullable().meta({
      description: 'How this network is smaller than the full-size network of its name; null for full size.',
    }),
    notes: z.array(z.string()),
    recipe: z.record(z.string(), z.json()).meta({ description: 'Every hyperparameter.' }),
    parameters: count.meta({ description: 'Trainable and frozen parameters.' }),
    epochs: count,
    batchSize: count,
    diverged: z.boolean().meta({ description: 'A loss became NaN or infinite.' }),
    testAccuracy: measured.meta({ description: 'After the last epoch, in [0, 1].' }),
    testLoss: measured,
    testImages: count.meta({ description: 'The number of images that were evaluated.' }),
    views: z
      .object({
        count,
        description: z.string(),
        testAccuracy: share,
        testLoss: z.number(),
      })
      .nullable()
      .meta({
        description:
          'With test-time augmentation: predictions averaged over several views of each test image; null without it.',
      }),
    trainSeconds: z.number().min(0).meta({ description: 'Training only, without download and evaluation.' }),
    imagesPerSecond: z.number().min(0),
    flops: z.object({
      forwardPerImage: z.number().min(0).meta({ description: 'A multiply-add is two operations.' }),
      trainPerStep: z.number().min(0).meta({
        description:
          'Executed by one training step: forward, backward where a gradient is needed, matrix products of the optimizer. Convolutions count as direct ones.',
      }),
      trainTotal: z.number().min(0).meta({ description: 'Executed by the whole training.' }),
      toBest: z
        .number()
        .min(0)
        .nullable()
        .meta({ description: 'Until the epoch with the best test accuracy.' }),
    }),
    gflopsPerSecond: z.number().min(0),
    peakFraction: z
      .number()
      .min(0)
      .nullable()
      .meta({ description: "gflopsPerSecond divided by the backend's measured peak; null without one." }),
    forecastSeconds: z
      .number()
      .min(0)
      .nullable()
      .meta({ description: 'The forecast of trainSeconds from before the run.' }),
    inference: z.array(inferenceSchema),
    peakMemoryBytes: count.nullable().meta({ description: "The process's largest resident set." }),
    energyJoules: z.number().min(0).nullable(),
    energyReason: z.string().nullable().meta({ description: 'How energy was measured, or why it was not.' }),
    history: z.array(epochSchema),
    steps: z.array(stepSchema).meta({ description: 'Some steps of the training, evenly spread.' }),
    calibration: calibrationSchema.nullable(),
    pictures: z.array(picture).meta({ description: 'Filters and attention maps.' }),
    confusionMatrix: z
      .array(z.array(count))
      .meta({ description: 'Test images; row: label, column: prediction.' }),
    perClassAccuracy: z.array(share),
    mistakes: z.array(mistake).meta({ description: 'The most confident wrong predictions.' }),
  })
  .meta({ description: 'One trained model.' });

const paperModel = z.object({
  model: z.string(),
  testAccuracy: z.number(),
  trainHours: z.number(),
  flopsBillions: z.number(),
});

/** The results of a run: the file `results.json` in its folder. */
export const resultsSchema = z
  .object({
    schemaVersion: z.literal(2),
    createdAt: z.iso.datetime(),
    command: z.string().meta({ description: 'Repeats the run.' }),
    machine: machineSchema,
    backend: z.object({ name: z.string(), details: z.record(z.string(), z.string()) }),
    dataset: z.object({
      id: z.string().default('cifar10').meta({ description: 'The name that --dataset takes.' }),
      name: z.string(),
      trainImages: count,
      testImages: count,
      classNames: z.array(z.string()),
      imageShape: z
        .tuple([count, count, count])
        .default([32, 32, 3])
        .meta({ description: 'Height, width, channels.' }),
      sha256: z.record(z.string(), sha256).meta({ description: 'Part of the dataset to its digest.' }),
    }),
    profile: z.string(),
    seeds: z.array(count).min(1).meta({ description: 'Each model was trained once with each seed.' }),
    heldOut: count.meta({
      description:
        'Training images that were held out and evaluated instead of the test set; 0: the test set was evaluated.',
    }),
    peak: z
      .object({ gflopsPerSecond: z.number().min(0), method: z.string() })
      .nullable()
      .meta({
        description: 'The highest rate that the backend reached here, in float32; null when not measured.',
      }),
    resumed: z
      .object({
        times: count,
        bits: z.enum(['equal', 'approximate']),
        differences: z.array(z.string()),
      })
      .optional()
      .meta({
        description:
          'For a resumed run: whether it is certain to be bit-identical to an uninterrupted run, and what differed.',
      }),
    leftOut: z
      .array(z.object({ name: z.string(), seed: count, reason: z.string() }))
      .optional()
      .meta({ description: 'Trainings that did not fit in the memory of the backend.' }),
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
    description: 'The results of one run, and everything needed to repeat it.',
  });

export type Results = z.infer<typeof resultsSchema>;
export type ModelResult = Results['models'][number];
export type Machine = Results['machine'];
export type StepPoint = z.infer<typeof stepSchema>;
export type Inference = z.infer<typeof inferenceSchema>;
export type Calibration = z.infer<typeof calibrationSchema>;
export type Picture = z.infer<typeof picture>;

/**
 * Checks a value against the schema of `results.json`.
 *
 * @param value the parsed file, or results in memory, where NaN and Infinity count as null
 * @returns the results, without keys that the schema does not know
 * @throws with the path of every wrong field, and when the bytes of a picture do not match its shape
 * @example
 * const results = parseResults(JSON.parse(await readFile('runs/first/results.json', 'utf8')));
 */
export function parseResults(value: unknown): Results {
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === 'number' && version > 2) {
    throw new Error(
      `parseResults: schemaVersion is ${version}; this version of @tenfold/bench reads 2. Update @tenfold/bench`,
    );
  }
  if (isDeeperThan(value, DEEPEST)) {
    throw new Error(
      `parseResults: not a results.json: it has more than ${DEEPEST} levels of lists and objects`,
    );
  }
  // By way of JSON, so that what is checked is what a file would hold.
  const parsed = resultsSchema.safeParse(JSON.parse(JSON.stringify(value) ?? 'null'));
  if (!parsed.success) throw new Error(`parseResults: not a results.json: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
