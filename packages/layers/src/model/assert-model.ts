import { assertArgument, objectWith, required } from '@tenfold/checks';
import type { Model } from './layer';

/** Throws unless a value has these methods of a model. */
export const assertModel = (name: string, value: unknown, ...methods: (keyof Model & string)[]): void =>
  assertArgument(name, 'model', value, required(objectWith('a model from createModel', ...methods)));
