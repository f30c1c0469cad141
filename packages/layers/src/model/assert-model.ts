import { assertArgument, objectWith, required } from '@tenfold/checks';
import type { Model } from './layer';

/** Fails unless a value has these methods of a model. */
export const assertModel = (name: string, value: unknown, ...methods: (keyof Model & string)[]): void =>
  assertArgument(name, 'model', value, required(objectWith('what createModel returns', ...methods)));
