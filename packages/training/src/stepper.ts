import { show } from '@tenfold/checks';
import type { Context } from '@tenfold/layers';
import { applyUpdates, type Optimizer, type OptimizerState } from '@tenfold/optimizers';
import { createRng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import { DivergenceError } from './divergence-error';
import { allFinite, type Choice, findNotFinite, isOnGpu, selectEach } from './finite';
import { gradients } from './gradients';
import { mapTensors } from './tensors';

type Variables = { [name: string]: tf.Variable };

/** What a step needs of the models that it changes. */
export interface SteppedParameters {
  /** All by name, running statistics and frozen ones included. */
  parameters(): Variables;
  /** Those that follow gradients. */
  trainable(): Variables;
}

export interface Forward<T> {
  loss: tf.Tensor;
  /** What else is wanted of the forward pass. */
  outputs: T;
}

/** Parameters that follow an optimizer, one step after another. */
export interface Stepper {
  readonly stepCount: number;
  readonly state: OptimizerState;
  /**
   * @param explain what is wrong where the loss is not finite, asked where it can be read at once
   * @returns the loss and the outputs, which the caller disposes
   */
  step<T>(
    forward: (context: Context) => Forward<T>,
    explain?: (outputs: T) => string | undefined,
  ): Forward<T>;
  restore(stepCount: number, state: OptimizerState): void;
  dispose(): void;
}

/**
 * A step is taken as a whole or not at all: whatever fails, parameters, running statistics and the optimizer's state are
 * then what they were before it, bit for bit. A loss or a gradient that is not finite fails too. Where values can be read
 * at once that is an error; on a GPU, where reading would stall it, every new value is chosen there: the new one, or the
 * old one. The step then counts, and its loss is NaN.
 *
 * @param name of the function, the start of an error
 */
export function createStepper(
  name: string,
  model: SteppedParameters,
  optimizer: Optimizer,
  seed: number,
): Stepper {
  const rng = createRng(seed).fork('step');
  let stepCount = 0;
  let state: OptimizerState = {};
  const known = new Set<string>();
  begin(model.trainable());

  /** Gives parameters that are trained for the first time, those of a frozen part included, their state. */
  function begin(params: Variables): void {
    const added = Object.entries(params).filter(([key]) => !known.has(key));
    if (added.length === 0 && known.size > 0) return;
    // A tidy around a step must not end the state, which outlives it.
    const fresh = keep(optimizer.init(Object.fromEntries(added)));
    for (const [slot, tensors] of Object.entries(fresh)) {
      state[slot] ??= {};
      for (const [key, tensor] of Object.entries(tensors)) {
        if (state[slot][key]) tensor.dispose();
        else state[slot][key] = tensor;
      }
    }
    for (const [key] of added) known.add(key);
  }

  return {
    get stepCount() {
      return stepCount;
    },
    get state() {
      return state;
    },
    step<T>(
      forward: (context: Context) => Forward<T>,
      explain: (outputs: T) => string | undefined = () => undefined,
    ) {
      const all = model.parameters();
      const trainable = model.trainable();
      if (Object.keys(trainable).length === 0) {
        throw new Error(
          `${name}: no parameter is trainable (all ${Object.keys(all).length} are frozen or running statistics); unfreeze some: model.parameters()[NAME].trainable = true`,
        );
      }
      begin(trainable);
      // Not copies: a variable that is assigned to leaves its old values to these.
      const before = Object.entries(all).map(
        ([, variable]) => [variable, tf.keep(tf.clone(variable))] as const,
      );
      let outputs: T | undefined;
      try {
        const result = tf.tidy(() => {
          const loss = () => {
            const made = forward({ training: true, rng: rng.fork(stepCount) });
            outputs = mapTensors(made.outputs, (tensor) => tf.keep(tensor));
            return scalar(name, made.loss);
          };
          const { value, grads } = gradients(name, loss, trainable);
          const params = Object.fromEntries(Object.entries(all).filter(([key]) => known.has(key)));
          const onGpu = isOnGpu();
          if (!onGpu) assertFinite(name, value, grads, stepCount + 1, () => explain(outputs!));
          const next = optimizer.update(grads, state, { params, step: stepCount });
          const taken = onGpu ? choose(value, grads, before, state, next) : { ...next, loss: value };
          applyUpdates(params, taken.updates);
          keep(taken.state);
          disposeState(state);
          state = taken.state;
          stepCount++;
          return { loss: taken.loss, outputs: mapTensors(outputs!, (tensor) => tf.clone(tensor)) };
        });
        return result as Forward<T>;
      } catch (error) {
        for (const [variable, old] of before) if (!variable.isDisposed) variable.assign(old as tf.Tensor);
        disposeTape();
        throw error;
      } finally {
        for (const [, old] of before) old.dispose();
        tf.dispose(outputs as tf.TensorContainer);
      }
    },
    restore(newStepCount, newState) {
      if (newState !== state) {
        disposeState(state);
        state = keep(newState);
        known.clear();
        for (const tensors of Object.values(state)) for (const key of Object.keys(tensors)) known.add(key);
      }
      stepCount = newStepCount;
    },
    dispose() {
      disposeState(state);
      state = {};
    },
  };
}

function scalar(name: string, loss: tf.Tensor): tf.Scalar {
  if (!(loss instanceof tf.Tensor)) {
    throw new Error(`${name}: the loss is ${show(loss)}; return a scalar tensor`);
  }
  if (loss.rank !== 0) {
    throw new Error(
      `${name}: the loss has shape [${loss.shape}]; give a loss that is a scalar, reduction 'mean' or 'sum'`,
    );
  }
  return loss as tf.Scalar;
}

function assertFinite(
  by: string,
  value: tf.Scalar,
  grads: tf.NamedTensorMap,
  step: number,
  explain: () => string | undefined,
): void {
  const loss = value.dataSync()[0]!;
  const parameter = Number.isFinite(loss) ? findNotFinite(grads) : undefined;
  if (Number.isFinite(loss) && parameter === undefined) return;
  throw new DivergenceError({ by, loss, step, parameter, cause: explain() });
}

/**
 * On the GPU: what a step has made where loss and gradients are finite, and else updates that change nothing and what was
 * there before it. Running statistics, which the forward pass has moved, are put back at once.
 */
function choose(
  value: tf.Scalar,
  grads: tf.NamedTensorMap,
  before: readonly (readonly [tf.Variable, tf.Tensor])[],
  oldState: OptimizerState,
  next: { updates: tf.NamedTensorMap; state: OptimizerState },
): { loss: tf.Scalar; updates: tf.NamedTensorMap; state: OptimizerState } {
  const moved = before.filter(([variable, old]) => variable.dataId !== old.dataId);
  const updates = Object.entries(next.updates);
  const slots = Object.entries(next.state).flatMap(([slot, tensors]) =>
    Object.entries(tensors).map(([key, tensor]) => ({ slot, key, tensor, old: oldState[slot]?.[key] })),
  );
  const continued = slots.filter(({ old }) => old);
  // x + (−0) is x for every x, where −0 + 0 would be 0.
  const nothing = tf.scalar(-0);
  const pairs: Choice[] = [
    [value, tf.fill([], Number.NaN)],
    ...moved,
    ...updates.map(([, update]): Choice => [update, nothing]),
    ...continued.map(({ tensor, old }): Choice => [tensor, old!]),
  ];
  const [loss, ...chosen] = selectEach(allFinite([value, ...Object.values(grads)]), pairs);
  for (const [variable] of moved) variable.assign(chosen.shift()!);
  const chosenUpdates = Object.fromEntries(updates.map(([key]) => [key, chosen.shift()!]));
  const state: OptimizerState = Object.fromEntries(Object.keys(next.state).map((slot) => [slot, {}]));
  for (const { slot, key, tensor, old } of slots) state[slot]![key] = old ? chosen.shift()! : tensor;
  return { loss: loss as tf.Scalar, updates: chosenUpdates, state };
}

/** What operations saved for their gradients, which tfjs keeps for ever when an error cuts the backward pass short. */
function disposeTape(): void {
  const { state } = tf.engine();
  if (state.gradientDepth > 0 || !state.activeTape) return; // within a gradient that is still to be taken
  for (const { saved } of state.activeTape) tf.dispose(saved);
  state.activeTape = [];
}

function keep(state: OptimizerState): OptimizerState {
  for (const tensors of Object.values(state)) for (const tensor of Object.values(tensors)) tf.keep(tensor);
  return state;
}

function disposeState(state: OptimizerState): void {
  for (const tensors of Object.values(state)) tf.dispose(tensors);
}
