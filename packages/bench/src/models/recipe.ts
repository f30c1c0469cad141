import { z } from 'zod';
import { trainingRecipeFields, trainingRecipeSchema } from '../recipes/training-recipe';
import { modelNames, models } from './models';

/** Everything that determines a training, as data: a run records it, and it can repeat the training. */
export const recipeSchema = z
  .strictObject({ model: z.enum(modelNames), ...trainingRecipeFields })
  .superRefine((recipe, context) => {
    const { model, ...training } = recipe;
    const { error: wrong } = trainingRecipeSchema.safeParse(training);
    for (const issue of wrong?.issues ?? []) context.addIssue({ ...issue } as never);
    const { error } = models[model].schema.safeParse(recipe.architecture);
    for (const issue of error?.issues ?? []) {
      context.addIssue({ ...issue, path: ['architecture', ...issue.path] } as never);
    }
  });
export type Recipe = z.infer<typeof recipeSchema>;
