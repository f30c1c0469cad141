import { list } from './list';
import type { ModelDefinition } from './model-definition';

export type ModelName = keyof typeof list;

/** The models that the bench can train. */
export const models: Readonly<Record<ModelName, ModelDefinition>> = list;

/** The names of all models, as `--models` takes them. */
export const modelNames = Object.keys(list) as [ModelName, ...ModelName[]];

/** The default of `--models`. */
export const defaultModels: readonly ModelName[] = ['cnn', 'fnn', 'rnn', 'vit'];
