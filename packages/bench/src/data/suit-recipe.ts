import type { TrainingRecipe } from '../recipes/training-recipe';
import type { DatasetDefinition } from './datasets';

/**
 * The recipe with augmentation that suits a dataset. Where images must not be mirrored, test-time augmentation is left out
 * too, since half of its views are mirror images.
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
