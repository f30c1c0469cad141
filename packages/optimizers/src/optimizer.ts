import { object, objectWith, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { SlotRange } from './slot';

/** Optimizer state: slot ('momentum') → parameter name → tensor. A checkpoint stores these tensors under their names. */
export interface OptimizerState {
  [slot: string]: tf.NamedTensorMap;
}

/** The inputs of a step other than gradients and state. */
export interface StepInfo {
  /** The parameters by name. */
  params: tf.NamedTensorMap;
  /** Step of the run, from 0, for schedules and bias correction. */
  step: number;
  /** The loss of this step, a scalar, for rules that use it, such as Polyak's step size. */
  value?: tf.Tensor | undefined;
  /**
   * Computes the loss of this step again, a scalar, at the current values of the parameters, which are then variables. For rules that
   * look at other points, such as `sam`, `sophia` and `lbfgs`.
   */
  loss?: (() => tf.Tensor) | undefined;
  /**
   * Whether `loss` is that of a part of the examples of the gradients, as in `accumulate`: enough for an estimate, but not for gradients
   * at other points.
   */
  isPartial?: boolean | undefined;
  /**
   * Changes gradients as wrappers have changed those of this step, such as by clipping them. A rule that computes gradients at other
   * points applies it to them; a wrapper that changes gradients hands on its change after the one that it was given.
   */
  mapGradients?: ((grads: tf.NamedTensorMap) => tf.NamedTensorMap) | undefined;
}

/** An update rule for all parameters. It is stateless: `update` takes the state and returns the next one. */
export interface Optimizer {
  /**
   * The numbers that slots can have, [lowest, highest] by slot. A slot without a range can have all except NaN. `restore` and
   * `loadCheckpoint` of `@tenfold/training` refuse a state with others.
   */
  readonly ranges?: { readonly [slot: string]: SlotRange };
  /** The number of steps for one update of the parameters, by which schedules count; 1 by default. Wrappers hand it on. */
  readonly stepsPerUpdate?: number | undefined;
  /** The state before the first step. A parameter that is added later gets its slots with its first gradient. */
  init(params: tf.NamedTensorMap): OptimizerState;
  /**
   * Computes one step. The caller adds the updates to the parameters and disposes the gradients and the old state. `update`
   * does not dispose its arguments, and every tensor that it returns is new.
   *
   * @param grads gradients by name; a parameter without one keeps its state and gets no update
   */
  update(
    grads: tf.NamedTensorMap,
    state: OptimizerState,
    info: StepInfo,
  ): { updates: tf.NamedTensorMap; state: OptimizerState };
}

/** What a wrapper has of the wrapped optimizer. */
export const traitsOf = ({
  ranges,
  stepsPerUpdate,
}: Optimizer): Pick<Optimizer, 'ranges' | 'stepsPerUpdate'> => ({
  ...(ranges && { ranges }),
  ...(stepsPerUpdate !== undefined && { stepsPerUpdate }),
});

export const optimizerKind = required(objectWith('an optimizer such as adam()', 'init', 'update'));
export const mapKind = required({
  expected: 'an object of tensors by name',
  accepts: (value) => object.accepts(value) && !(value instanceof tf.Tensor),
});

/** The entry of a name. Only own properties count, because a parameter may be named 'constructor'. */
export const findEntry = <T>(map: { readonly [name: string]: T } | undefined, name: string): T | undefined =>
  map && Object.hasOwn(map, name) ? map[name] : undefined;

/** A map without a prototype, in which every name is possible, even '__proto__'. */
export const emptyMap = <T>(): { [name: string]: T } => Object.create(null) as { [name: string]: T };

/** Applies a function to every tensor of a map. */
export function mapTensors(
  tensors: tf.NamedTensorMap,
  f: (tensor: tf.Tensor, name: string) => tf.Tensor,
): tf.NamedTensorMap {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, f(tensor, name)]));
}
