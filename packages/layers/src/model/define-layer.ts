import { assertArgument, objectWith, required, show } from '@tenfold/checks';
import { completeContext } from './complete-context';
import type { Layer } from './layer';

const stream = required(objectWith('a stream such as createRng(1)', 'uniform', 'integer', 'fork'));

/** Throws unless the argument of a layer's `init` is a stream of random numbers. */
export const assertStream = (name: string, rng: unknown): void =>
  assertArgument(`${name}.init`, 'rng', rng, stream);

/** Throws unless the parameters of a layer's `apply` are an object. */
export function assertParams(name: string, params: unknown): void {
  if (typeof params === 'object' && params !== null) return;
  throw new Error(
    `${name}.apply: params is ${params === undefined ? 'missing' : show(params)}; give what ${name}.init returned`,
  );
}

/**
 * Makes a layer that checks what its methods are given. Its `apply` gets a complete context.
 *
 * @param name of the function that returns the layer; starts errors
 */
export const defineLayer = <P extends object, I, O>(name: string, layer: Layer<P, I, O>): Layer<P, I, O> => ({
  init(rng) {
    assertStream(name, rng);
    return layer.init(rng);
  },
  apply(params, input, context) {
    assertParams(name, params);
    return layer.apply(params, input, completeContext(name, context));
  },
});
