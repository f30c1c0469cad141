import { assertOptions, flag } from '@tenfold/checks';
import { assertModel } from './assert-model';
import type { Model } from './layer';

export interface CountParametersOptions {
  /** Whether to count frozen parameters and running statistics too; false by default. */
  all?: boolean;
}

/**
 * Counts the elements of the model's trainable parameters.
 *
 * @throws when the first argument is not a model, or an option is unknown or not a boolean
 * @example
 * countParameters(createModel(dense({ inFeatures: 2, outFeatures: 3 }))); // 9
 */
export function countParameters(
  model: Pick<Model, 'parameters' | 'trainable'>,
  options: CountParametersOptions = {},
): number {
  assertModel('countParameters', model, 'parameters', 'trainable');
  assertOptions('countParameters', options, { all: flag });
  const counted = options.all ? model.parameters() : model.trainable();
  return Object.values(counted).reduce((sum, variable) => sum + variable.size, 0);
}
