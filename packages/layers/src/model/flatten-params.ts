import { show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The tree of parameters as one flat map; names are joined by '.'.
 *
 * @throws when something is neither a variable nor a plain object, two names are equal, or a variable has two names
 */
export function flattenParams(params: object): { [name: string]: tf.Variable } {
  return flatten('flattenParams', params);
}

/** @param caller the start of an error */
export function flatten(caller: string, params: object): { [name: string]: tf.Variable } {
  if (typeof params !== 'object' || params === null) {
    throw new Error(`${caller}: the parameters are ${show(params)}; give an object of tf.Variables by name`);
  }
  const flat = new Map<string, tf.Variable>();
  const names = new Map<tf.Variable, string>();
  const collect = (tree: object, prefix: string): void => {
    for (const [key, value] of Object.entries(tree)) {
      const name = prefix + key;
      if (!(value instanceof tf.Variable)) {
        if (typeof value !== 'object' || value === null || value instanceof tf.Tensor) {
          throw new Error(`${caller}: the parameter ${name} is ${show(value)}; give a tf.Variable`);
        }
        collect(value, `${name}.`);
        continue;
      }
      if (flat.has(name)) {
        throw new Error(`${caller}: two parameters are called ${name}; give names without dots`);
      }
      const other = names.get(value);
      if (other !== undefined) {
        throw new Error(
          `${caller}: ${other} and ${name} are one variable, which would be trained twice; use the layer once in a block and call it twice there`,
        );
      }
      flat.set(name, value);
      names.set(value, name);
    }
  };
  collect(params, '');
  return Object.fromEntries(flat);
}
