import type { TrainingRecipe } from '../recipes/training-recipe';
import type { DatasetDefinition } from './datasets';

/**
 * The recipe with augmentation that suits a dataset. Where images must not be mirrored, the figure of several views, half
 * of which are mirror images, is left out, too.
 */
export function suitRecipe<Recipe extends Pick<TrainingRecipe, 'augmentation' | 'testViews'>>(
  recipe: Recipe,
  { augmentation }: DatasetDefinition,
): Recipe {
  if (!augmentation) return recipe;
  const { policy } = recipe.augmentation;
  return {
    ...recipe,
    augmentation: {
      ...recipe.augmentation,
      flip: augmentation.flip ?? recipe.augmentation.flip,
      ...(policy && { policy: augmentation.policy ?? policy }),
    },
    testViews: augmentation.flip === 'none' ? 1 : recipe.testViews,
  };
}
