import { show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Throws when no backend of tfjs is registered: without one, no tensor can be made.
 *
 * @param name of the function; starts the error
 * @throws when none is, or the name is no string
 * @example
 * assertBackend('createModel'); // createModel: no backend is registered; add import '@tenfold/backend-simd' …
 */
export function assertBackend(name: string): void {
  if (typeof name !== 'string') {
    throw new Error(`assertBackend: name is ${name === undefined ? 'missing' : show(name)}; give a string`);
  }
  if (tf.engine().backendNames().length > 0) return;
  throw new Error(
    `${name}: no backend is registered; add import '@tenfold/backend-simd' and await tf.setBackend('simd')`,
  );
}
