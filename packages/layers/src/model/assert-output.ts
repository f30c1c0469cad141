import { show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';

/** Throws unless the output of a layer is a tensor, or a list or plain object of tensors. */
export function assertOutput(output: unknown, what = 'the output'): void {
  assertTensors(what, output);
}

function assertTensors(what: string, value: unknown): void {
  if (value instanceof tf.Tensor) return;
  if (!Array.isArray(value) && !isPlain(value)) {
    const advice =
      value instanceof Promise
        ? ', without async'
        : typeof value === 'function'
          ? '; was a function passed that must be called first?'
          : '';
    throw new Error(`${what} is ${show(value)}; return a tensor, or a list or object of tensors${advice}`);
  }
  for (const [name, entry] of Object.entries(value)) {
    // Several outputs may be optional.
    if (entry !== undefined) assertTensors(`${what} ${name}`, entry);
  }
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null);
