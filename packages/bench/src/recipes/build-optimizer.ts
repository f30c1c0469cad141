import {
  adamW,
  clipByGlobalNorm,
  cosineDecay,
  exponentialMovingAverage,
  linearDecay,
  muon,
  type Optimizer,
  partition,
  type Schedule,
  sgd,
  warmup,
} from '@tenfold/optimizers';
import type { GroupRecipe, ScheduleRecipe, TrainingRecipe } from './training-recipe';

/** The schedule of a recipe for a run with the given number of steps. */
export function buildSchedule(recipe: ScheduleRecipe, totalSteps: number): Schedule {
  if (typeof recipe === 'number') return () => recipe;
  const warmupSteps = Math.min(totalSteps - 1, Math.round(totalSteps * (recipe.warmupFraction ?? 0)));
  if (recipe.schedule === 'cosine') {
    return cosineDecay({ peak: recipe.peak, end: recipe.end, totalSteps, warmupSteps });
  }
  const line = linearDecay({ start: recipe.from, end: recipe.to, totalSteps: totalSteps - warmupSteps });
  return warmupSteps === 0 ? line : warmup(line, { steps: warmupSteps });
}

/**
 * The optimizer of a recipe for epochs with the given number of steps. Every parameter must belong to a group.
 *
 * @see frozenAt for the parameters that are trained only in the first epochs
 */
export function buildOptimizer(
  {
    epochs,
    weightAverage,
    optimizer: { groups, maxNorm },
  }: Pick<TrainingRecipe, 'epochs' | 'optimizer' | 'weightAverage'>,
  stepsPerEpoch: number,
): Optimizer {
  const parts = groups.map((group) => ({
    match: new RegExp(group.match),
    optimizer: buildRule(group, Math.min(epochs, group.trainedEpochs ?? epochs) * stepsPerEpoch),
  }));
  const partitioned = partition(parts);
  const clipped = maxNorm === null ? partitioned : clipByGlobalNorm(partitioned, { maxNorm });
  return weightAverage === undefined ? clipped : exponentialMovingAverage(clipped, { decay: weightAverage });
}

/** The parameters that are frozen after the given number of epochs. */
export function frozenAt(
  { optimizer: { groups } }: Pick<TrainingRecipe, 'optimizer'>,
  epoch: number,
  names: string[],
): string[] {
  return names.filter((name) => {
    const group = groups.find(({ match }) => new RegExp(match).test(name));
    return group?.trainedEpochs !== undefined && epoch >= group.trainedEpochs;
  });
}

function buildRule(group: GroupRecipe, totalSteps: number): Optimizer {
  const learningRate = buildSchedule(group.learningRate, totalSteps);
  switch (group.rule) {
    case 'sgd':
      return sgd({ ...selectOptions(group), learningRate });
    case 'adamW':
      return adamW({ ...selectOptions(group), learningRate });
    case 'muon':
      return muon({ ...selectOptions(group), learningRate });
  }
}

function selectOptions<G extends GroupRecipe>({ match, rule, learningRate, trainedEpochs, ...options }: G) {
  return options;
}
