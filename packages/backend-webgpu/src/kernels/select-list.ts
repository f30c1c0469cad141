import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { deferredUpdate } from './deferred-update';
import { selectFused } from './elementwise-fusion';
import { assertFloats } from './floats';
import { selectSlices } from './select-slices';
import type { DeferredUpdate } from './step-rule';

/**
 * inputs: a list of n conditions, each bool [], then n values and n others, of the value's shape or scalars: outputs the
 * values where the condition is true, bit for bit, and the others elsewhere.
 *
 * When updates of a deferred optimizer step are selected against −0 and slots against their old values, the condition becomes
 * part of the step's own dispatch. Slots of a step that was computed, as muon's are, are chosen in one dispatch for all that
 * lie in one buffer.
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
    const isAsItIs = (value: tf.TensorInfo) =>
      withStep.has(value.dataId) || tf.util.sizeFromShape(value.shape) === 0;
    const slices = new Map<number, tf.TensorInfo>();
    for (const [condition, places] of placesByCondition(conditions)) {
      const choices = places.map((place) => ({ place, value: values[place]!, other: others[place]! }));
      const left = choices.filter(({ value }) => !isAsItIs(value));
      for (const [place, out] of selectSlices(backend, condition, left)) slices.set(place, out);
    }
    return values.map((value, k) => {
      if (isAsItIs(value)) {
        backend.incRef(value.dataId);
        return { dataId: value.dataId, shape: value.shape, dtype: value.dtype };
      }
      return slices.get(k) ?? selectFused(backend, conditions[k]!, value, others[k]!);
    });
  },
};

function placesByCondition(conditions: tf.TensorInfo[]): Map<tf.TensorInfo, number[]> {
  const first = new Map<object, tf.TensorInfo>();
  const places = new Map<tf.TensorInfo, number[]>();
  for (const [k, given] of conditions.entries()) {
    const condition = first.get(given.dataId) ?? given;
    first.set(given.dataId, condition);
    places.set(condition, [...(places.get(condition) ?? []), k]);
  }
  return places;
}

/** Adds conditions to deferred steps, and returns the outputs that these steps select. */
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
