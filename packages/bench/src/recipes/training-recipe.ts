import { z } from 'zod';

const positive = z.int().min(1);
const rate = z.number().min(0);
const share = z.number().min(0).max(1);
const momentum = z.number().min(0).lt(1);

/** A value over the run: constant, linear or cosine decay, after a warmup. Fractions refer to all steps. */
export const scheduleSchema = z.union([
  rate,
  z.discriminatedUnion('schedule', [
    z.strictObject({
      schedule: z.literal('linear'),
      from: rate,
      to: rate,
      warmupFraction: share.optional(),
    }),
    z.strictObject({
      schedule: z.literal('cosine'),
      peak: rate,
      warmupFraction: share,
      end: rate.optional(),
    }),
  ]),
]);
export type ScheduleRecipe = z.infer<typeof scheduleSchema>;

const pattern = z.string().refine(isPattern, { error: 'expected a regular expression' });
const group = {
  match: pattern.meta({
    description:
      'Regular expression for parameter names; a parameter belongs to the first group that matches.',
  }),
  learningRate: scheduleSchema,
  trainedEpochs: positive.optional().meta({
    description:
      'The schedule spans these first epochs; then the parameters are frozen. Default: all epochs.',
  }),
  weightDecay: rate,
};

/** One update rule and its parameters, by a regular expression for their names. */
export const groupSchema = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('sgd'), ...group, momentum, nesterov: z.boolean() }),
  z.strictObject({ rule: z.literal('adamW'), ...group, beta1: momentum, beta2: momentum }),
  z.strictObject({
    rule: z.literal('muon'),
    ...group,
    momentum,
    newtonSchulzSteps: positive,
    normalizeWeights: z.boolean(),
    scale: z.enum(['none', 'aspect', 'rms']).optional(),
  }),
]);
export type GroupRecipe = z.infer<typeof groupSchema>;

const option = z.union([z.number(), z.string(), z.boolean(), z.array(z.number())]);

/** How a network is built and trained. */
export const trainingRecipeFields = {
  architecture: z.record(z.string(), option).meta({ description: 'Options of the architecture.' }),
  epochs: positive,
  batchSize: positive,
  labelSmoothing: z.number().min(0).lt(1),
  augmentation: z.strictObject({
    shift: z.int().min(0).max(31).meta({ description: 'Largest shift in pixels, in both directions.' }),
    flip: z.enum(['none', 'random', 'alternating']),
    cutout: z.int().min(0).max(32).meta({ description: 'Side of the erased square in pixels; 0: none.' }),
    policy: z
      .enum(['none', 'autoAugment', 'trivialAugment'])
      .optional()
      .meta({ description: 'Color and shape transformations after shift and flip. Default none.' }),
    randomErasing: share.optional().meta({
      description: 'Probability of replacing a rectangle with noise, as the last step. Default 0.',
    }),
    mixup: rate.optional().meta({ description: 'α of the beta distribution; 0, the default: none.' }),
    cutmix: rate.optional().meta({ description: 'α of the beta distribution; 0, the default: none.' }),
    mixProbability: share.optional().meta({
      description: 'Probability that a batch is mixed, by one of the two if both are set. Default 1.',
    }),
  }),
  optimizer: z.strictObject({
    maxNorm: z
      .number()
      .gt(0)
      .nullable()
      .meta({ description: 'Largest norm of all gradients together; null: no clipping.' }),
    groups: z.array(groupSchema).min(1),
  }),
  weightAverage: z.number().gt(0).lt(1).optional().meta({
    description:
      'Decay per step of an exponential moving average of the parameters, which is evaluated instead of the parameters. Batch-norm statistics are not averaged. Default: no average.',
  }),
  tuning: z.string().min(1).optional().meta({
    description:
      'Which values were tuned on held-out training images, among which candidates, in which trainings. Default: none.',
  }),
  testViews: z.union([z.literal(1), z.literal(6)]).meta({
    description: 'Views of each test image for test-time augmentation; 1: none.',
  }),
};

/** How a network is built and trained: what a model defines for each profile. */
export const trainingRecipeSchema = z
  .strictObject(trainingRecipeFields)
  .superRefine(({ weightAverage, optimizer }, context) => {
    if (weightAverage !== undefined && optimizer.groups.some(({ trainedEpochs }) => trainedEpochs)) {
      const message =
        'expected no value when a group has trainedEpochs, since frozen parameters have no average';
      context.addIssue({ code: 'custom', path: ['weightAverage'], message, input: weightAverage });
    }
  });
export type TrainingRecipe = z.infer<typeof trainingRecipeSchema>;

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
