import {
  adamW,
  clipByGlobalNorm,
  cosineDecay,
  linear,
  muon,
  type Optimizer,
  partition,
  type Schedule,
  sgd,
} from '@tenfold/optimizers';
import type { GroupRecipe, Recipe, ScheduleRecipe } from './recipe';

/** The schedule that a recipe means for a run of so many steps. */
export function buildSchedule(recipe: ScheduleRecipe, totalSteps: number): Schedule {
  if (typeof recipe === 'number') return () => recipe;
  if (recipe.schedule === 'linear') {
    const steps = Math.max(1, Math.round(totalSteps * (recipe.overFraction ?? 1)));
    return linear({ start: recipe.from, end: recipe.to, totalSteps: steps });
  }
  return cosineDecay({
    peak: recipe.peak,
    end: recipe.end,
    totalSteps,
    warmupSteps: Math.min(totalSteps - 1, Math.round(totalSteps * recipe.warmupFraction)),
  });
}

/** The optimizer that a recipe means for a run of so many steps. Every parameter must belong to a group. */
export function buildOptimizer({ groups, maxNorm }: Recipe['optimizer'], totalSteps: number): Optimizer {
  const parts = groups.map((group) => ({
    match: new RegExp(group.match),
    optimizer: buildRule(group, totalSteps),
  }));
  const whole = partition(parts);
  return maxNorm === null ? whole : clipByGlobalNorm(whole, { maxNorm });
}

function buildRule(group: GroupRecipe, totalSteps: number): Optimizer {
  const learningRate = buildSchedule(group.learningRate, totalSteps);
  switch (group.rule) {
    case 'sgd':
      return sgd({ ...optionsOf(group), learningRate });
    case 'adamW':
      return adamW({ ...optionsOf(group), learningRate });
    case 'muon':
      return muon({ ...optionsOf(group), learningRate });
  }
}

function optionsOf<G extends GroupRecipe>({ match, rule, learningRate, ...options }: G) {
  return options;
}
