import type { Profile } from './model-definition';
import { type ModelName, modelNames, models } from './models';
import type { Recipe } from './recipe';

/** The recipes of a profile. */
export type ProfileRecipes = { readonly [model in ModelName]?: Recipe };

/** The recipes of every profile. */
export const profiles: Readonly<Record<Profile, ProfileRecipes>> = {
  quick: collectRecipes('quick'),
  hour: collectRecipes('hour'),
  paper: collectRecipes('paper'),
};

function collectRecipes(profile: Profile): ProfileRecipes {
  const recipes = modelNames.flatMap((model) => {
    const recipe = models[model].recipes[profile];
    return recipe ? [[model, { model, ...recipe }]] : [];
  });
  return Object.fromEntries(recipes);
}
