import { z } from 'zod';

const positive = z.int().min(1);
const rate = z.number().min(0);
const share = z.number().min(0).max(1);
const momentum = z.number().min(0).lt(1);

/** A value over the run: one that stays, a straight line or half a cosine, after a warm-up. Fractions are of all steps. */
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
    description: 'Of the names of its parameters; a parameter follows the first that matches.',
  }),
  learningRate: scheduleSchema,
  trainedEpochs: positive.optional().meta({
    description:
      'The schedule is of these first epochs; then the parameters are frozen. Default: all epochs.',
  }),
  weightDecay: rate,
};

/** One rule and the parameters it moves, by a regular expression on their names. */
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
  architecture: z
    .record(z.string(), option)
    .meta({ description: 'Options of the architecture, in its own words.' }),
  epochs: positive,
  batchSize: positive,
  labelSmoothing: z.number().min(0).lt(1),
  augmentation: z.strictObject({
    shift: z.int().min(0).max(31).meta({ description: 'Pixels at most, in both directions.' }),
    flip: z.enum(['none', 'random', 'alternating']),
    cutout: z.int().min(0).max(32).meta({ description: 'Side of the square that is blanked; 0: none.' }),
    policy: z
      .enum(['none', 'autoAugment', 'trivialAugment'])
      .optional()
      .meta({ description: 'Of changes of color and shape, after shift and flip. Default none.' }),
    randomErasing: share.optional().meta({
      description: 'Probability that a rectangle becomes noise, at last. Default 0.',
    }),
    mixup: rate.optional().meta({ description: 'α of the beta distribution; 0, the default: none.' }),
    cutmix: rate.optional().meta({ description: 'α of the beta distribution; 0, the default: none.' }),
    mixProbability: share
      .optional()
      .meta({ description: 'That a batch is mixed, by one of the two where both are given. Default 1.' }),
  }),
  optimizer: z.strictObject({
    maxNorm: z
      .number()
      .gt(0)
      .nullable()
      .meta({ description: 'Of all gradients together; null: not clipped.' }),
    groups: z.array(groupSchema).min(1),
  }),
  weightAverage: z.number().gt(0).lt(1).optional().meta({
    description:
      'What is tested is an exponential moving average of the parameters, of which so much stays in a step. Statistics of batch norms are not averaged. Default: the parameters as they are.',
  }),
  tuning: z.string().min(1).optional().meta({
    description:
      'Which values were chosen by accuracy on held-out training images, among which, in which trainings. Default: none.',
  }),
  testViews: z.union([z.literal(1), z.literal(6)]).meta({
    description: 'Views of each test image that a second figure averages over; 1: no such figure.',
  }),
};

/** How a network is built and trained, whichever it is: what a model has for each profile. */
export const trainingRecipeSchema = z
  .strictObject(trainingRecipeFields)
  .superRefine(({ weightAverage, optimizer }, context) => {
    if (weightAverage !== undefined && optimizer.groups.some(({ trainedEpochs }) => trainedEpochs)) {
      const message = 'expected none where a group has trainedEpochs: what is frozen has no average';
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
