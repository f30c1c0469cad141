import { object, show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Flattens the tree of parameters to one map, with names joined by '.'.
 *
 * @throws when a value is neither a variable nor a plain object, two names are equal, or a variable occurs twice
 */
export function flattenParams(params: object): { [name: string]: tf.Variable } {
  return flatten('flattenParams', params);
}

/** @param caller name of the calling function; starts errors */
export function flatten(caller: string, params: object): { [name: string]: tf.Variable } {
  if (!Array.isArray(params) && !object.accepts(params)) {
    throw new Error(`${caller}: the parameters are ${show(params)}; give a plain object of tf.Variables`);
  }
  const flat = new Map<string, tf.Variable>();
  const names = new Map<tf.Variable, string>();
  const collect = (tree: object, prefix: string): void => {
    for (const [key, value] of Object.entries(tree)) {
      const name = prefix + key;
      if (!(value instanceof tf.Variable)) {
        if (!Array.isArray(value) && !object.accepts(value)) {
          throw new Error(`${caller}: the parameter ${name} is ${show(value)}; give a tf.Variable`);
        }
        collect(value, `${name}.`);
        continue;
      }
      if (flat.has(name)) {
        throw new Error(`${caller}: two parameters are named ${name}; give names without dots`);
      }
      const other = names.get(value);
      if (other !== undefined) {
        throw new Error(
          `${caller}: ${other} and ${name} are the same variable, which would be trained twice; use the layer once in a block and call it twice there`,
        );
      }
      flat.set(name, value);
      names.set(value, name);
    }
  };
  collect(params, '');
  return Object.fromEntries(flat);
}
