import { createModel, type Model } from '@tenfold/layers';
import type { Architecture, ImageTask } from './model-definition';
import { type ModelName, models } from './models';

/** Builds the network of that name and initializes its parameters. */
export async function buildModel(
  name: ModelName,
  architecture: Architecture,
  task: ImageTask,
  { seed }: { seed: number },
): Promise<Model> {
  return createModel(await models[name].build(architecture, task), { seed });
}
