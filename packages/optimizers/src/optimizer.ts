import { object, objectWith, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';

/** Optimizer state: slot ('momentum') → parameter name → tensor. Flat, so that a checkpoint is names and tensors. */
export interface OptimizerState {
  [slot: string]: tf.NamedTensorMap;
}

/** What a step knows besides gradients and state. */
export interface StepInfo {
  /** The parameters by name. */
  params: tf.NamedTensorMap;
  /** Step of the run, from 0: schedules and bias corrections go by it. */
  step: number;
  /** The loss of this step, a scalar, where the caller has it: for rules that go by it, such as Polyak's step size. */
  value?: tf.Tensor | undefined;
}

/** How parameters follow their gradients. It holds nothing itself: the state goes in and comes out. */
export interface Optimizer {
  /** The state before the first step. Parameters that come later get theirs with their first gradient. */
  init(params: tf.NamedTensorMap): OptimizerState;
  /**
   * One step. The caller adds the updates to the parameters and disposes gradients and old state; update disposes
   * nothing it was given, and every tensor it returns is new.
   *
   * @param grads of any of the parameters; those without one keep their state and get no update
   */
  update(
    grads: tf.NamedTensorMap,
    state: OptimizerState,
    info: StepInfo,
  ): { updates: tf.NamedTensorMap; state: OptimizerState };
}

export const optimizerKind = required(objectWith('an optimizer such as adam()', 'init', 'update'));
export const mapKind = required({
  expected: 'an object of tensors by name',
  accepts: (value) => object.accepts(value) && !(value instanceof tf.Tensor),
});

/** Applies a function to every tensor of a map. */
export function mapTensors(
  tensors: tf.NamedTensorMap,
  f: (tensor: tf.Tensor, name: string) => tf.Tensor,
): tf.NamedTensorMap {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, f(tensor, name)]));
}
