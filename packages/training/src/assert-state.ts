import { assertArgument, index, nearestName, object, required, show } from '@tenfold/checks';
import type { Optimizer, OptimizerState } from '@tenfold/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import { isOnGpu } from './finite';
import { findEntry } from './tensors';

/** The slot with the sums of the gradients since the last update, where several steps make an update. */
export const ACCUMULATED = 'accumulated';
/** The slot with the number of steps in these sums, under the name of one parameter. */
export const ACCUMULATED_STEPS = 'accumulatedSteps';
/** The slot that marks the parameters without a gradient in any of these steps. */
export const ACCUMULATED_UNUSED = 'accumulatedUnused';

const slotsKind = required({
  ...object,
  expected: 'the state of a trainer: an object of slots, each with tensors by the names of parameters',
});

/**
 * Throws unless training can continue from a step count and a state.
 *
 * @param name of the function; starts errors
 * @param parameters all parameters of the model by name
 * @param optimizer creates the slots that the state must have; they are disposed
 */
export function assertState(
  name: string,
  stepCount: number,
  state: OptimizerState,
  parameters: tf.NamedTensorMap,
  optimizer: Optimizer,
): void {
  assertArgument(name, 'stepCount', stepCount, required(index));
  assertArgument(name, 'state', state, slotsKind);
  const trained = assertTensors(name, state, parameters);
  tf.tidy(() => {
    const all = Object.entries(parameters).filter(([key]) => trained.has(key));
    assertSlots(name, state, optimizer.init(Object.fromEntries(all)));
  });
  // On a GPU, values are not read, which would stall or is impossible.
  if (!isOnGpu()) assertValues(name, stepCount, state, optimizer.ranges);
  else assertCounts(name, stepCount, state);
}

/**
 * Throws unless all numbers of a state are such that its slots can have them. Reads synchronously, so not for tensors on a GPU; those
 * that were just created from a file can be read everywhere.
 */
export function assertValues(
  name: string,
  stepCount: number,
  state: OptimizerState,
  ranges: Optimizer['ranges'],
): void {
  assertCounts(name, stepCount, state, (tensor) => tensor.dataSync()[0]!);
  for (const [slot, tensors] of Object.entries(state)) {
    if (isCount(slot)) continue;
    const range = findEntry(ranges, slot);
    const [lowest, highest] = range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (const [key, tensor] of Object.entries(tensors)) {
      // A comparison with NaN is false.
      const outside = (tensor.dataSync() as Float32Array).find(
        (value) => !(value >= lowest && value <= highest),
      );
      if (outside === undefined) continue;
      throw new Error(
        `${name}: ${slot} of ${key} has the value ${outside}, which is not ${range ? `from ${lowest} to ${highest}` : 'a number'}; give a state that is not damaged`,
      );
    }
  }
}

/** Throws unless a state consists of tensors of parameters, and returns the names of these parameters. */
function assertTensors(name: string, state: OptimizerState, parameters: tf.NamedTensorMap): Set<string> {
  const trained = new Set<string>();
  for (const [slot, tensors] of Object.entries(state)) {
    if (!object.accepts(tensors) || tensors instanceof tf.Tensor) {
      throw new Error(
        `${name}: the slot ${slot} is ${show(tensors)}; give an object of tensors by the names of parameters`,
      );
    }
    for (const [key, tensor] of Object.entries(tensors)) {
      if (!Object.hasOwn(parameters, key)) {
        const near = nearestName(key, Object.keys(parameters));
        throw new Error(
          `${name}: ${slot} has ${key}, which is not a parameter of the model; ${near ? `did you mean ${near}?` : 'give the state of this model'}`,
        );
      }
      if (!(tensor instanceof tf.Tensor) || tensor instanceof tf.Variable || tensor.isDisposed) {
        throw new Error(
          `${name}: ${slot} of ${key} is ${tensor instanceof tf.Variable ? 'a tf.Variable' : show(tensor)}; give a tensor`,
        );
      }
      trained.add(key);
    }
  }
  return trained;
}

/** Throws unless a state has the slots of a new one, with the same shapes and dtypes. */
function assertSlots(name: string, state: OptimizerState, fresh: OptimizerState): void {
  for (const [slot, tensors] of Object.entries(state)) {
    if (isCount(slot)) continue;
    if (!Object.hasOwn(fresh, slot)) {
      throw new Error(
        `${name}: the optimizer has no slot ${slot}; its slots are ${
          Object.keys(fresh)
            .filter((slot) => !isCount(slot))
            .join(', ') || 'none'
        }; give the state of the same optimizer`,
      );
    }
    for (const [key, tensor] of Object.entries(tensors)) {
      const expected = findEntry(fresh[slot], key);
      const like = expected ? `${expected.dtype} [${expected.shape}]` : 'missing';
      const found = `${tensor.dtype} [${tensor.shape}]`;
      if (found !== like) {
        throw new Error(
          `${name}: ${slot} of ${key} is ${found} but the optimizer's is ${like}; give the state of the same optimizer`,
        );
      }
    }
  }
  for (const [slot, tensors] of Object.entries(fresh)) {
    if (isCount(slot)) continue;
    const needed = namesOf(state, slot);
    const key = Object.keys(tensors).find(
      (key) => needed.has(key) && !findEntry(findEntry(state, slot), key),
    );
    if (key !== undefined) {
      throw new Error(`${name}: ${slot} of ${key} is missing; give the complete state of the optimizer`);
    }
  }
}

/** Whether a slot counts the steps that parameters missed. It has only the parameters that missed some. */
export const isMissed = (slot: string): boolean => slot.split('.').at(-1) === 'missed';

/** Whether a slot has counts of steps for some of the parameters, as scalars. */
export const isCount = (slot: string): boolean =>
  isMissed(slot) || slot === ACCUMULATED_STEPS || slot === ACCUMULATED_UNUSED;

/** The slots of `accumulate` of `@tenfold/optimizers`, which may be in a group, and of the option of that name. */
const SUMS = [ACCUMULATED, 'gradientSum', 'gradientCount'];
const isSum = (slot: string): boolean => SUMS.includes(slot.split('.').at(-1)!);

/** The parameters that a complete state must have in a slot. One that was not updated yet may have a sum of gradients alone. */
export function namesOf(state: OptimizerState, slot: string): Set<string> {
  const others = Object.entries(state).filter(([other]) => !isCount(other) && (isSum(slot) || !isSum(other)));
  return new Set(others.flatMap(([, tensors]) => Object.keys(tensors)));
}

/**
 * Throws unless the counts of steps are possible, and belong to parameters that have other slots.
 *
 * @param read reads a count; without it, any is possible
 */
function assertCounts(
  name: string,
  stepCount: number,
  state: OptimizerState,
  read: (tensor: tf.Tensor) => number = () => 0,
): void {
  for (const [slot, tensors] of Object.entries(state)) {
    if (!isCount(slot)) continue;
    const prefix = isMissed(slot) ? slot.slice(0, -'missed'.length) : ACCUMULATED;
    const siblings = Object.entries(state).filter(([other]) => !isCount(other) && other.startsWith(prefix));
    for (const [key, tensor] of Object.entries(tensors)) {
      if (!siblings.some(([, others]) => Object.hasOwn(others, key))) {
        throw new Error(
          `${name}: ${slot} has ${key}, which has no other slots; give the complete state of the optimizer`,
        );
      }
      const isScalar = tensor.rank === 0 && tensor.dtype === 'float32';
      const count = isScalar ? read(tensor) : Number.NaN;
      if (!Number.isInteger(count) || count < 0 || count > stepCount) {
        throw new Error(
          `${name}: ${slot} of ${key} is ${isScalar ? count : show(tensor)} at step ${stepCount}; give a scalar, the number of ${isMissed(slot) ? 'steps without a gradient' : 'accumulated steps'}`,
        );
      }
    }
  }
}
