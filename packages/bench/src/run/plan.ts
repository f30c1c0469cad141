import { profiles } from '../recipes';
import { applyOverrides, OverrideError } from '../recipes/overrides';
import type { Recipe } from '../recipes/recipe';
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
      `${other.model} is set otherwise, but only ${models.join(', ')} will be trained; see --models`,
    );
  }
  const recipes = models.map((model) => {
    const recipe = profiles[profile]![model];
    return applyOverrides(epochs === undefined ? recipe : { ...recipe, epochs }, overrides);
  });
  return { recipes, dataset: { name: dataset.name, sha256: { ...dataset.sha256 } } };
}
