import { applyOverrides, OverrideError } from '../models/overrides';
import { profiles } from '../models/profiles';
import type { Recipe } from '../models/recipe';
import { dataset } from './dataset';
import type { RunOptions } from './run-options';

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
}: Pick<RunOptions, 'profile' | 'models' | 'epochs' | 'overrides'>): RunPlan {
  const other = overrides.find(({ model }) => !models.includes(model));
  if (other) {
    throw new OverrideError(
      `a value of ${other.model} is overridden, but only ${models.join(', ')} will be trained; see --models`,
    );
  }
  const known = profiles[profile];
  const recipes = models.map((model) => {
    const recipe = known[model];
    if (!recipe) {
      const others = Object.keys(known);
      throw new OverrideError(
        `the profile ${profile} has no recipe of ${model}; it has ${others.join(', ')}: name those by --models, or take another profile`,
      );
    }
    return applyOverrides(epochs === undefined ? recipe : { ...recipe, epochs }, overrides);
  });
  return { recipes, dataset: { name: dataset.name, sha256: { ...dataset.sha256 } } };
}
