import type { Export } from '@tenfold/generate/api.mjs';
import * as tf from '@tensorflow/tfjs-core';
import { use } from './samples';

export type Outcome = 'refused' | 'worked' | 'NaN' | 'unclear' | 'leaked';

/** Calls a function with arguments and uses what it gives; says how it ended. */
export async function trial(
  entry: Export,
  f: unknown,
  makeArguments: () => unknown[],
): Promise<{ outcome: Outcome; message: string }> {
  const before = tf.memory().numTensors;
  let outcome: Outcome = 'worked';
  let message = '';
  let given: unknown[] = [];
  let made: unknown;
  try {
    given = makeArguments();
    made = typeof f === 'function' ? await f(...given) : f;
    const output = await use(made, entry);
    if (hasNaN(output)) outcome = 'NaN';
    dispose(output);
  } catch (error) {
    message = error instanceof Error ? error.message : String(error);
    outcome = isClear(error, entry.name) ? 'refused' : 'unclear';
  }
  dispose(made);
  for (const value of given) dispose(value);
  if (tf.memory().numTensors !== before && outcome !== 'unclear') {
    outcome = 'leaked';
    message = `${tf.memory().numTensors - before} tensors; ${message}`;
  }
  // What one call leaves is not the next one's.
  return { outcome, message };
}

/** Starts with the function's name, possibly behind a layer's path, says what came and what to give. */
function isClear(error: unknown, name: string): boolean {
  if (!(error instanceof Error) || error instanceof ReferenceError || error instanceof SyntaxError)
    return false;
  const said = new RegExp(`^(?:\\S+: )?${name}: (.+)$`, 's').exec(error.message)?.[1];
  return said !== undefined && /;|\bgive\b|\bmust\b|\bneeds?\b|did you mean|expected/.test(said);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function hasNaN(value: unknown, depth = 0): boolean {
  if (typeof value === 'number') return Number.isNaN(value);
  if (value instanceof tf.Tensor)
    return value.dtype === 'float32' && !value.isDisposed && hasNaN(value.dataSync());
  if (value instanceof Float32Array || (Array.isArray(value) && value.length < 100)) {
    return Array.from(value as ArrayLike<unknown>).some((entry) => hasNaN(entry, depth));
  }
  return isPlain(value) && depth < 4 && Object.values(value).some((entry) => hasNaN(entry, depth + 1));
}

const isPlain = (value: unknown): value is object =>
  isObject(value) && Object.getPrototypeOf(value) === Object.prototype;

/** Disposes tensors, and what has a method for it, wherever they are. */
function dispose(value: unknown, depth = 0): void {
  if (!isObject(value) || depth > 3) return;
  if (value instanceof tf.Tensor) {
    if (!value.isDisposed) value.dispose();
  } else if ('dispose' in value && typeof value.dispose === 'function') {
    if ('model' in value) dispose(value.model, depth + 1);
    value.dispose();
  } else if (Array.isArray(value) || isPlain(value)) {
    for (const entry of Object.values(value)) dispose(entry, depth + 1);
  }
}
