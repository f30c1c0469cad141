import { profiles } from '../recipes';
import type { Recipe } from '../recipes/recipe';
import { dataSet } from './data-set';
import type { CompareOptions } from './types';

/** All that a comparison goes by, as data. */
export interface RunPlan {
  /** One for each model, in order. */
  recipes: Recipe[];
  dataset: { name: string; sha256: Record<string, string> };
}

/** Looks up what a comparison will train, by which recipes and on which data. */
export function planRun({
  profile,
  models,
  epochs,
}: Pick<CompareOptions, 'profile' | 'models' | 'epochs'>): RunPlan {
  const recipes = models.map((model) => {
    const standard = profiles[profile]![model];
    return epochs === undefined ? standard : { ...standard, epochs };
  });
  return { recipes, dataset: { name: dataSet.name, sha256: { ...dataSet.sha256 } } };
}
