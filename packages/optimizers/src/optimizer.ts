import * as tf from '@tensorflow/tfjs-core';
import { type LearningRate, rateAt } from './schedule';

/** What an optimizer remembers: slot ('momentum') → parameter name → tensor. Flat, so that a checkpoint is names and tensors. */
export interface OptimizerState {
  [slot: string]: tf.NamedTensorMap;
}

/** How parameters follow their gradients. It holds nothing itself: the state goes in and comes out. */
export interface Optimizer {
  /** The state before the first step. */
  init(params: tf.NamedTensorMap): OptimizerState;
  /**
   * One step. The caller adds the updates to the parameters and disposes gradients and old state; update disposes
   * nothing it was given, and every tensor it returns is new.
   *
   * @param step of the run, from 0: schedules and bias corrections go by it
   */
  update(
    grads: tf.NamedTensorMap,
    state: OptimizerState,
    info: { params: tf.NamedTensorMap; step: number },
  ): { updates: tf.NamedTensorMap; state: OptimizerState };
}

/** What a rule sees of one parameter: its gradient, its slots, itself. */
export interface RuleInput {
  name: string;
  gradient: tf.Tensor;
  slots: { [slot: string]: tf.Tensor };
  parameter: tf.Tensor;
  learningRate: number;
  step: number;
}

/** What a rule makes of it. */
export type RuleOutput = { update: tf.Tensor; slots: { [slot: string]: tf.Tensor } };

/** The same for all parameters at once, one output for each input; undefined when the backend has no kernel for it. */
export type Together = (inputs: RuleInput[]) => RuleOutput[] | undefined;

/**
 * Lifts a rule for one parameter to all of them; every slot begins as zeros of the parameter's shape.
 *
 * @param together the same rule where a kernel takes all parameters
 */
export function perParameter(
  name: string,
  slots: readonly string[],
  learningRate: LearningRate,
  rule: (input: RuleInput) => RuleOutput,
  together: Together = () => undefined,
): Optimizer {
  return {
    init: (params) =>
      Object.fromEntries(
        slots.map((slot) => [slot, mapTensors(params, (parameter) => tf.zerosLike(parameter))]),
      ),
    update(grads, state, { params, step }) {
      const rate = rateAt(name, learningRate, step);
      // tidy disposes what is computed on the way and keeps what is returned.
      return tf.tidy(() => {
        const updates: tf.NamedTensorMap = {};
        // A parameter without a gradient in this step keeps what is remembered of it.
        const next: OptimizerState = Object.fromEntries(
          slots.map((slot) => [
            slot,
            mapTensors(state[slot] ?? {}, (t, key) => (key in grads ? t : tf.clone(t))),
          ]),
        );
        const inputs = Object.entries(grads).map(([key, gradient]) => {
          const parameter = params[key];
          assertMatch(name, key, gradient, parameter, slots, state);
          const before = Object.fromEntries(slots.map((slot) => [slot, state[slot]![key]!]));
          return { name: key, gradient, slots: before, parameter, learningRate: rate, step };
        });
        const outputs = tf.tidy(() => together(inputs)) ?? inputs.map((input) => tf.tidy(() => rule(input)));
        inputs.forEach(({ name: key }, i) => {
          updates[key] = outputs[i]!.update;
          for (const slot of slots) next[slot]![key] = outputs[i]!.slots[slot]!;
        });
        return { updates, state: next };
      });
    },
  };
}

function assertMatch(
  name: string,
  key: string,
  gradient: tf.Tensor,
  parameter: tf.Tensor | undefined,
  slots: readonly string[],
  state: OptimizerState,
): asserts parameter is tf.Tensor {
  if (!parameter || slots.some((slot) => !state[slot]?.[key])) {
    throw new Error(
      `${name}: there is a gradient for ${key} but no ${parameter ? 'state' : 'parameter'} of that name; init(params) with the same parameters`,
    );
  }
  if (gradient.shape.join() !== parameter.shape.join()) {
    throw new Error(
      `${name}: ${key} has shape [${parameter.shape}] but its gradient has shape [${gradient.shape}]; give a gradient of the parameter's shape`,
    );
  }
}

/** Applies a function to every tensor of a map. */
export function mapTensors(
  tensors: tf.NamedTensorMap,
  f: (tensor: tf.Tensor, name: string) => tf.Tensor,
): tf.NamedTensorMap {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, f(tensor, name)]));
}
