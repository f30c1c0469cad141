import type { Export } from '@tenfold/generate/api.mjs';
import * as tf from '@tensorflow/tfjs-core';
import { passed, use } from './samples';

export type Outcome = 'refused' | 'worked' | 'NaN' | 'unclear' | 'leaked';

/** Calls a function with arguments and uses what it gives; says how it ended. */
export async function trial(
  entry: Export,
  f: unknown,
  makeArguments: () => unknown[],
): Promise<{ outcome: Outcome; message: string }> {
  const before = held();
  let outcome: Outcome = 'worked';
  let message = '';
  let values: unknown[] = [];
  let result: unknown;
  try {
    values = makeArguments();
    result = typeof f === 'function' ? await call(f as AnyFunction, values, entry.isClass) : f;
    const output = await use(result, entry);
    if (hasNaN(output)) outcome = 'NaN';
    dispose(output);
  } catch (error) {
    message = error instanceof Error ? error.message : String(error);
    if (!passed(error)) outcome = isClear(error, namesFor(entry, values)) ? 'refused' : 'unclear';
  }
  dispose(result);
  for (const value of values) dispose(value);
  const left = held() - before;
  if (left !== 0) {
    outcome = 'leaked';
    message = `${left} tensors and buffers; ${message}`;
  }
  return { outcome, message };
}

/** Tensors and, since one can be left without the other, the values behind them. */
const held = (): number => tf.memory().numTensors + tf.memory().numDataBuffers;

type AnyFunction = (...list: unknown[]) => unknown;

const call = (f: AnyFunction, list: unknown[], isClass: boolean): unknown =>
  isClass ? Reflect.construct(f, list) : f(...list);

/** What a message may start with: the function, or the caller's name where the function is given one for its messages. */
const namesFor = (entry: Export, [first]: unknown[]): string[] => [
  entry.name,
  ...(entry.parameters[0]?.name === 'name' && typeof first === 'string' ? [first] : []),
];

/** Starts with the function's name, possibly behind a layer's path, says what came and what to give. */
function isClear(error: unknown, names: string[]): boolean {
  if (!(error instanceof Error) || error instanceof ReferenceError || error instanceof SyntaxError)
    return false;
  const said = new RegExp(`^(?:\\S+: )?(?:${names.join('|')}): (.+)$`, 's').exec(error.message)?.[1];
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
  isObject(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value));

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
