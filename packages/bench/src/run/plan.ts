import { datasets, defaultDataset } from '../data/datasets';
import { suitRecipe } from '../data/suit-recipe';
import { applyOverrides, OverrideError } from '../models/overrides';
import { profiles } from '../models/profiles';
import type { Recipe } from '../models/recipe';
import { type DatasetRecord, describeDataset } from './dataset';
import type { RunOptions } from './run-options';

/** All that a comparison goes by, as data. */
export interface RunPlan {
  /** One for each model, in order. */
  recipes: Recipe[];
  dataset: DatasetRecord;
}

/**
 * Looks up what a comparison will train, by which recipes and on which data.
 *
 * @throws an `OverrideError` when a recipe cannot be as it is asked to be
 */
export async function planRun({
  dataset = defaultDataset,
  profile,
  models,
  epochs,
  overrides = [],
}: Pick<RunOptions, 'dataset' | 'profile' | 'models' | 'epochs' | 'overrides'>): Promise<RunPlan> {
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
    const suited = suitRecipe(recipe, datasets[dataset]);
    return applyOverrides(epochs === undefined ? suited : { ...suited, epochs }, overrides);
  });
  return { recipes, dataset: await describeDataset(dataset) };
}
