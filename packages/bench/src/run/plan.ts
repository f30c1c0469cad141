import { assertOptions, count, type Kind, type Kinds, listOf, oneOf, required } from '@tenfold/checks';
import { type DatasetName, datasetNames, datasets, defaultDataset } from '../data/datasets';
import { suitRecipe } from '../data/suit-recipe';
import { type Profile, profileNames } from '../models/model-definition';
import { type ModelName, modelNames } from '../models/models';
import { applyOverrides, type Override, OverrideError } from '../models/overrides';
import { profiles } from '../models/profiles';
import type { Recipe } from '../models/recipe';
import { type DatasetRecord, describeDataset } from './dataset';

/** What a comparison is to train. */
export interface PlanOptions {
  /** The data, such as 'mnist'; CIFAR-10 by default. */
  dataset?: DatasetName;
  /** The recipes, such as 'quick'. */
  profile: Profile;
  /** The models to train, in order. */
  models: ModelName[];
  /** In place of each recipe's number of epochs. */
  epochs?: number;
  /** What else the recipes have otherwise than the profile's. */
  overrides?: Override[];
}

/** The plan of a run, as data. */
export interface RunPlan {
  /** One for each model, in order. */
  recipes: Recipe[];
  dataset: DatasetRecord;
}

const override: Kind = {
  expected: "an override such as { model: 'cnn', path: ['epochs'], value: 9 }",
  accepts(value) {
    const { model, path } = (value ?? {}) as Partial<Override>;
    return (
      modelNames.some((name) => name === model) &&
      Array.isArray(path) &&
      path.length > 0 &&
      path.every((key) => typeof key === 'string') &&
      'value' in (value as object)
    );
  },
};

const kinds: Kinds<PlanOptions> = {
  dataset: oneOf(...datasetNames),
  profile: required(oneOf(...profileNames)),
  models: required(listOf(oneOf(...modelNames))),
  epochs: count,
  overrides: listOf(override),
};

/**
 * Looks up the recipes and the data of a run.
 *
 * @throws when an option is unknown or out of its range; an `OverrideError` when a recipe cannot be as it is asked to be
 * @example
 * const { recipes } = await planRun({ profile: 'quick', models: ['cnn', 'vit'], epochs: 1 });
 */
export async function planRun(options: PlanOptions): Promise<RunPlan> {
  assertOptions('planRun', options, kinds);
  const { dataset = defaultDataset, profile, models, epochs, overrides = [] } = options;
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
        `the profile ${profile} has no recipe of ${model}; it has ${others.join(', ')}: choose among them with --models, or choose another profile`,
      );
    }
    const suited = suitRecipe(recipe, datasets[dataset]);
    return applyOverrides(epochs === undefined ? suited : { ...suited, epochs }, overrides);
  });
  return { recipes, dataset: await describeDataset(dataset) };
}
