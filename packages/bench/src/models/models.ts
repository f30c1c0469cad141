import { cnn } from './cnn';
import { fnn } from './fnn';
import type { ModelDefinition } from './model-definition';
import { rnn } from './rnn';
import { vit } from './vit';
import { vitHybrid } from './vit-hybrid';

const list = { cnn, fnn, rnn, vit, 'vit-hybrid': vitHybrid };

export type ModelName = keyof typeof list;

/** The models that the bench can train, by the names that recipes and `--models` give them. */
export const models: Readonly<Record<ModelName, ModelDefinition>> = list;

export const modelNames = Object.keys(list) as [ModelName, ...ModelName[]];

/** What is trained when `--models` is not given. */
export const defaultModels: readonly ModelName[] = ['cnn', 'fnn', 'rnn', 'vit'];
