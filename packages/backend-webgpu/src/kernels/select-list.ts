import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { deferredUpdate } from './deferred-update';
import { selectFused } from './elementwise-fusion';
import { assertFloats } from './floats';
import type { DeferredUpdate } from './step-rule';

/**
 * inputs: a list of n conditions, each bool [], then n values and n others, of the value's shape or scalars: outputs the
 * values whose condition is true, bit for bit, and else the others.
 *
 * A step of an optimizer that still waits, of which updates are chosen against −0 and slots against what they were, takes the
 * condition into its own dispatch.
 */
export const selectList: tf.KernelConfig = {
  kernelName: 'SelectList',
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const backend = call.backend as WebgpuBackend;
    const list = Object.values(call.inputs) as tf.TensorInfo[];
    const n = list.length / 3;
    if (!Number.isInteger(n)) {
      throw new Error(`SelectList: ${list.length} inputs; expected as many conditions, values and others`);
    }
    const [conditions, values, others] = [list.slice(0, n), list.slice(n, 2 * n), list.slice(2 * n)];
    for (const k of values.keys()) {
      const [condition, value, other] = [conditions[k]!, values[k]!, others[k]!];
      if (condition.dtype !== 'bool' || condition.shape.length > 0) {
        throw new Error(
          `SelectList: condition ${k} is ${condition.dtype} of shape [${condition.shape}]; expected a bool []`,
        );
      }
      assertFloats('SelectList', { [`value ${k}`]: value });
      assertFloats(
        'SelectList',
        { [`other ${k}`]: other },
        other.shape.length === 0 ? undefined : value.shape,
      );
    }
    const withStep = joinSteps(backend, conditions, values, others);
    return values.map((value, k) => {
      if (withStep.has(value.dataId) || tf.util.sizeFromShape(value.shape) === 0) {
        backend.incRef(value.dataId);
        return { dataId: value.dataId, shape: value.shape, dtype: value.dtype };
      }
      return selectFused(backend, conditions[k]!, value, others[k]!);
    });
  },
};

/** Gives conditions to steps that wait, and returns the outputs that are chosen there. */
function joinSteps(
  backend: WebgpuBackend,
  conditions: tf.TensorInfo[],
  values: tf.TensorInfo[],
  others: tf.TensorInfo[],
): Set<object> {
  const steps = new Map<DeferredUpdate, number[]>();
  for (const [k, value] of values.entries()) {
    const step = deferredUpdate(backend, value);
    if (step) steps.set(step, [...(steps.get(step) ?? []), k]);
  }
  const joined = new Set<object>();
  for (const [step, places] of steps) {
    const condition = conditions[places[0]!]!;
    const isOne = places.every((k) => conditions[k]!.dataId === condition.dataId);
    const chosen = new Map(places.map((k) => [values[k]!.dataId, others[k]!]));
    if (isOne && step.onlyIf(condition, chosen)) for (const dataId of chosen.keys()) joined.add(dataId);
  }
  return joined;
}
