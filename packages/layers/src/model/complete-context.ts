import { assertOptions, flag, func, type Kinds, object, objectWith, show } from '@tenfold/checks';
import { isCache } from './cache';
import type { Context } from './layer';

const kinds: Kinds<Context> = {
  training: flag,
  rng: objectWith('a stream such as createRng(1)', 'uniform', 'integer', 'fork'),
  record: func,
  cache: { expected: 'a cache of createCache()', accepts: isCache },
};

/** Contexts from here, which the compositions within a model need not check again. */
const complete = new WeakSet<object>();

/**
 * The context of a forward pass with its default: outside of training.
 *
 * @param caller starts errors
 * @throws when the context is not an object, or an entry is unknown or not of its kind
 */
export function completeContext(caller: string, context: Partial<Context> = {}): Context {
  if (complete.has(context)) return context as Context;
  if (!object.accepts(context)) {
    throw new Error(`${caller}: the context is ${show(context)}; give an object such as { training: true }`);
  }
  assertOptions(caller, context, kinds);
  if (context.cache && context.training) {
    throw new Error(`${caller}: the context has a cache in training; use a cache for generation only`);
  }
  const result = { ...context, training: context.training ?? false };
  complete.add(result);
  return result;
}
