import * as tf from '@tensorflow/tfjs-core';

/** The tensors of a tuple or record by name, or a single tensor under the name ''. Undefined for anything else. */
export function tensorEntries(value: unknown): [name: string, tensor: tf.Tensor][] | undefined {
  if (value instanceof tf.Tensor) return [['', value]];
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return undefined;
  const entries = Object.entries(value);
  return entries.length > 0 && entries.every(([, tensor]) => tensor instanceof tf.Tensor)
    ? entries
    : undefined;
}

/** The entry of a name. Only own properties count, because a parameter may be named 'constructor'. */
export const findEntry = <T>(map: { readonly [name: string]: T } | undefined, name: string): T | undefined =>
  map && Object.hasOwn(map, name) ? map[name] : undefined;

/** Applies a function to each tensor of a tuple or record. */
export function mapTensors<T>(value: T, f: (tensor: tf.Tensor) => tf.Tensor): T {
  if (value instanceof tf.Tensor) return f(value) as T;
  if (Array.isArray(value)) return value.map((entry) => mapTensors(entry, f)) as T;
  return Object.fromEntries(
    Object.entries(value as object).map(([name, entry]) => [name, mapTensors(entry, f)]),
  ) as T;
}
