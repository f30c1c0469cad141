import { profiles } from '../recipes';
import { applyOverrides, OverrideError } from '../recipes/overrides';
import type { Recipe } from '../recipes/recipe';
import { dataSet } from './data-set';
import type { CompareOptions } from './types';

/** All that a comparison goes by, as data. */
export interface RunPlan {
  /** One for each model, in order. */
  recipes: Recipe[];
  dataset: { name: string; sha256: Record<string, string> };
}

/**
 * Looks up what a comparison will train, by which recipes and on which data.
 *
 * @throws an `OverrideError` when a recipe cannot be as it is asked to be
 */
export function planRun({
  profile,
  models,
  epochs,
  overrides = [],
}: Pick<CompareOptions, 'profile' | 'models' | 'epochs' | 'overrides'>): RunPlan {
  const other = overrides.find(({ model }) => !models.includes(model));
  if (other) {
    throw new OverrideError(
      `${other.model} is set otherwise, but only ${models.join(', ')} will be trained; see --models`,
    );
  }
  const recipes = models.map((model) => {
    const recipe = profiles[profile]![model];
    if (!recipe) {
      const known = Object.keys(profiles[profile]!).join(', ');
      throw new OverrideError(
        `the profile ${profile} has no recipe for ${model}; it has ${known}, see --models`,
      );
    }
    return applyOverrides(epochs === undefined ? recipe : { ...recipe, epochs }, overrides);
  });
  return { recipes, dataset: { name: dataSet.name, sha256: { ...dataSet.sha256 } } };
}
