import { assertArgument, index, object, required, show } from '@tenfold/checks';
import type { Context } from '@tenfold/layers';
import { applyUpdates, type Optimizer, type OptimizerState } from '@tenfold/optimizers';
import { createRng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import { assertGradient } from './assert-gradient';
import { assertState, isCount, isMissed } from './assert-state';
import { DivergenceError } from './divergence-error';
import { allFinite, type Choice, findNotFinite, isOnGpu, selectEach } from './finite';
import { gradients } from './gradients';
import { findEntry, mapTensors } from './tensors';

type Variables = { [name: string]: tf.Variable };

/** A variable and its values before the step. */
interface Before {
  name: string;
  variable: tf.Variable;
  old: tf.Tensor;
}

/** The parameters that a step changes. */
export interface SteppedParameters {
  /** All parameters by name, including running statistics and frozen ones. */
  parameters(): Variables;
  /** The trainable parameters by name. */
  trainable(): Variables;
  /** Whether running statistics of other models stay as they are, also those of the first computation of a loss. */
  keepsOthers?: boolean;
  /** Says what to do when no parameter is trainable, unless it is to unfreeze some. */
  explainNone?(): string | undefined;
}

export interface Forward<T> {
  loss: tf.Tensor;
  /** The loss without its penalty, if there is one. */
  dataLoss?: tf.Tensor;
  /** Other results of the forward pass. */
  outputs: T;
}

/** Takes optimizer steps on the parameters of a model. After its disposal only `stepCount` can be read. */
export interface Stepper {
  readonly stepCount: number;
  readonly state: OptimizerState;
  /**
   * @param seed of the random numbers of this step
   * @param explain explains a loss that is not finite; called only where values can be read synchronously
   * @returns the loss and the outputs, which the caller disposes
   */
  step<T>(
    forward: (context: Context) => Forward<T>,
    seed: number,
    explain?: (outputs: T, loss: number) => string | undefined,
  ): Forward<T>;
  restore(stepCount: number, state: OptimizerState): void;
  dispose(): void;
}

/**
 * Creates a stepper, whose steps are atomic: after any failure, parameters, running statistics and optimizer state are the same as
 * before, bit for bit. A loss, gradient or running statistic that is not finite is a failure too. Where values can be read
 * synchronously, it is an error. On a GPU, where reading would stall, the device selects between the new and the old values; the
 * step counts, and its loss is NaN.
 *
 * @param name of the function; starts errors
 * @param disposed says that the stepper is disposed and what to do, in errors
 */
export function createStepper(
  name: string,
  model: SteppedParameters,
  optimizer: Optimizer,
  disposed: string,
): Stepper {
  let stepCount = 0;
  // A tidy around the creation must not dispose the state.
  let state = keep(startState(name, optimizer, model.trainable()));
  let isDisposed = false;
  let isStepping = false;
  /** The parameters that have had a state. `update` starts those of others, which are first trained at a later step. */
  const known = new Set(Object.keys(model.trainable()));

  function assertUsable(caller: string): void {
    if (isDisposed) throw new Error(`${caller}: ${disposed}`);
  }

  function assertBetweenSteps(caller: string): void {
    if (isStepping) {
      throw new Error(`${caller}: called within a step on the same state; call it after that step`);
    }
  }

  return {
    get stepCount() {
      return stepCount;
    },
    get state() {
      assertUsable('state');
      return state;
    },
    step<T>(
      forward: (context: Context) => Forward<T>,
      seed: number,
      explain: (outputs: T, loss: number) => string | undefined = () => undefined,
    ) {
      assertUsable('step');
      assertBetweenSteps('step');
      const all = model.parameters();
      const trainable = model.trainable();
      if (Object.keys(trainable).length === 0) {
        throw new Error(
          `${name}: no parameter is trainable (all ${Object.keys(all).length} are frozen or running statistics); ${model.explainNone?.() ?? 'unfreeze some: model.parameters()[NAME].trainable = true'}`,
        );
      }
      // A clone shares its values until new ones are assigned to the variable.
      const before = Object.entries(all).map(
        ([name, variable]): Before => ({ name, variable, old: tf.keep(tf.clone(variable)) }),
      );
      let outputs: T | undefined;
      isStepping = true;
      const assertAlive = () => {
        assertUsable('step');
        if (!before.some(({ variable }) => variable.isDisposed)) return;
        throw new Error(`${name}: the model was disposed during the step; dispose it after its last use`);
      };
      try {
        const result = tf.tidy(() => {
          const rng = () => createRng(seed).fork('step').fork(stepCount);
          const compute = (): Forward<T> => forward({ training: true, rng: rng() });
          const loss = () => {
            const result = model.keepsOthers ? keepStatistics(compute, all) : compute();
            outputs = mapTensors(result.outputs, (tensor) => tf.keep(tensor));
            assertAlive();
            const total = scalar(name, result.loss);
            assertGradient(name, result.dataLoss ?? total, Object.values(trainable));
            return total;
          };
          const { value, grads } = gradients(name, loss, trainable);
          const added = Object.keys(grads).filter((key) => !known.has(key));
          const params = Object.fromEntries(
            Object.entries(all).filter(([key]) => known.has(key) || Object.hasOwn(grads, key)),
          );
          const onGpu = isOnGpu();
          const moved = before.filter(({ variable, old }) => variable.dataId !== old.dataId);
          if (!onGpu)
            assertFinite(name, value, grads, moved, stepCount + 1, (loss) => explain(outputs!, loss));
          // For the optimizer. Running statistics have changed in the step already, and stay.
          const again = () => {
            const value = scalar(name, keepStatistics(compute, trainable).loss);
            assertAlive();
            return value;
          };
          const next = optimizer.update(grads, state, { params, step: stepCount, value, loss: again });
          assertStep(name, next);
          // Where the device decides whether the step is taken, the alternative to the first of a slot is its start.
          const old = () => {
            const started = startedIn(next.state, state);
            return started.length > 0
              ? addStarts(state, startState(name, optimizer, params), started)
              : state;
          };
          const taken = onGpu ? choose(value, grads, moved, old(), next) : { ...next, loss: value };
          applyUpdates(params, taken.updates);
          keep(taken.state);
          disposeState(state);
          state = taken.state;
          stepCount++;
          for (const key of added) known.add(key);
          return { loss: taken.loss, outputs: mapTensors(outputs!, (tensor) => tf.clone(tensor)) };
        });
        return result as Forward<T>;
      } catch (error) {
        for (const { variable, old } of before) if (!variable.isDisposed) variable.assign(old);
        disposeTape();
        throw error;
      } finally {
        isStepping = false;
        for (const { old } of before) old.dispose();
        tf.dispose(outputs as tf.TensorContainer);
      }
    },
    restore(newStepCount, newState) {
      assertUsable('restore');
      assertBetweenSteps('restore');
      assertArgument('restore', 'stepCount', newStepCount, required(index));
      if (newState !== state) {
        assertState('restore', newStepCount, newState, model.parameters(), optimizer);
        const kept = new Set(listTensors(newState));
        tf.dispose(listTensors(state).filter((tensor) => !kept.has(tensor)));
        state = keep(newState);
        known.clear();
        for (const tensors of Object.values(state)) for (const key of Object.keys(tensors)) known.add(key);
      }
      stepCount = newStepCount;
    },
    dispose() {
      disposeState(state);
      state = {};
      isDisposed = true;
    },
  };
}

/** The state of parameters before their first step, from an optimizer that may be the caller's own. */
function startState(name: string, optimizer: Optimizer, params: Variables): OptimizerState {
  const started: unknown = optimizer.init(params);
  if (object.accepts(started)) return started as OptimizerState;
  throw new Error(
    `${name}: init of the optimizer returned ${show(started)}; return its state, an object of slots, {} without any`,
  );
}

/** The parameters that have a slot in a state that they lack in the one before. Gradients that are accumulated are there before others. */
function startedIn(next: OptimizerState, before: OptimizerState): string[] {
  const slots = Object.entries(next).filter(([slot]) => !isCount(slot));
  return slots.flatMap(([slot, tensors]) =>
    Object.keys(tensors).filter((key) => !findEntry(findEntry(before, slot), key)),
  );
}

/** A state with the slots of parameters that start. */
function addStarts(state: OptimizerState, starts: OptimizerState, started: string[]): OptimizerState {
  const slots = Object.keys(starts).map((slot) => {
    const fresh = Object.entries(starts[slot]!).filter(([key]) => started.includes(key));
    return [slot, { ...Object.fromEntries(fresh), ...findEntry(state, slot) }] as const;
  });
  return { ...state, ...Object.fromEntries(slots) };
}

/** Throws unless an optimizer, which may be the caller's own, has returned updates and state. */
function assertStep(name: string, next: unknown): void {
  const { updates, state } = (object.accepts(next) ? next : {}) as { updates?: unknown; state?: unknown };
  if (object.accepts(updates) && object.accepts(state)) return;
  throw new Error(
    `${name}: update of the optimizer returned ${show(next)}; return { updates, state }, with the state {} if it has none`,
  );
}

function scalar(name: string, loss: tf.Tensor): tf.Scalar {
  if (!(loss instanceof tf.Tensor)) {
    throw new Error(`${name}: the loss is ${show(loss)}; return a scalar tensor`);
  }
  if (loss.rank !== 0) {
    throw new Error(
      `${name}: the loss has shape [${loss.shape}]; give a scalar, with the reduction 'mean' or 'sum'`,
    );
  }
  if (loss.dtype !== 'float32') {
    throw new Error(`${name}: the loss is ${loss.dtype}; return a float32 scalar, which has a gradient`);
  }
  return loss as tf.Scalar;
}

/** Computes something that leaves the variables that are not trainable as they are, such as running statistics, except some. */
function keepStatistics<T>(compute: () => T, except: Variables): T {
  const changing = new Set(Object.values(except));
  const kept = Object.values(tf.engine().registeredVariables)
    .filter((variable) => !variable.trainable && !changing.has(variable))
    .map((variable) => ({ variable, now: tf.clone(variable) }));
  try {
    return compute();
  } finally {
    for (const { variable, now } of kept) {
      if (!variable.isDisposed && variable.dataId !== now.dataId) variable.assign(now);
    }
  }
}

function assertFinite(
  by: string,
  value: tf.Scalar,
  grads: tf.NamedTensorMap,
  moved: readonly Before[],
  step: number,
  explain: (loss: number) => string | undefined,
): void {
  const loss = value.dataSync()[0]!;
  const fail = (place: { parameter?: string; statistic?: string }) =>
    new DivergenceError({ by, loss, step, ...place, cause: explain(loss) });
  if (!Number.isFinite(loss)) throw fail({});
  const parameter = findNotFinite(grads);
  if (parameter !== undefined) throw fail({ parameter });
  const statistic = findNotFinite(Object.fromEntries(moved.map(({ name, variable }) => [name, variable])));
  if (statistic !== undefined) throw fail({ statistic });
}

/**
 * Selects on the GPU between the results of a step, if loss, gradients and running statistics are finite, and updates of zero with
 * the old state. Running statistics, which the forward pass has changed, are restored immediately.
 */
function choose(
  value: tf.Scalar,
  grads: tf.NamedTensorMap,
  moved: readonly Before[],
  oldState: OptimizerState,
  next: { updates: tf.NamedTensorMap; state: OptimizerState },
): { loss: tf.Scalar; updates: tf.NamedTensorMap; state: OptimizerState } {
  const updates = Object.entries(next.updates);
  const slots = Object.entries(next.state).flatMap(([slot, tensors]) =>
    Object.entries(tensors).map(([key, tensor]) => ({
      slot,
      key,
      tensor,
      old: findEntry(findEntry(oldState, slot), key),
    })),
  );
  // Counts of missed steps do not depend on gradients, and are read synchronously in the next step.
  const isSelected = ({ slot, old }: { slot: string; old?: tf.Tensor | undefined }) => old && !isMissed(slot);
  const continued = slots.filter(isSelected);
  // x + (−0) is x for every x, whereas −0 + 0 would be 0.
  const nothing = tf.scalar(-0);
  const pairs: Choice[] = [
    [value, tf.fill([], Number.NaN)],
    ...moved.map(({ variable, old }): Choice => [variable, old]),
    ...updates.map(([, update]): Choice => [update, nothing]),
    ...continued.map(({ tensor, old }): Choice => [tensor, old!]),
  ];
  const changed = moved.map(({ variable }) => variable).filter(({ dtype }) => dtype === 'float32');
  const [loss, ...chosen] = selectEach(allFinite([value, ...Object.values(grads), ...changed]), pairs);
  for (const { variable } of moved) variable.assign(chosen.shift()!);
  const chosenUpdates = Object.fromEntries(updates.map(([key]) => [key, chosen.shift()!]));
  const selected = slots.map((entry) => ({
    ...entry,
    tensor: isSelected(entry) ? chosen.shift()! : entry.tensor,
  }));
  const state: OptimizerState = Object.fromEntries(
    Object.keys(next.state).map((slot) => [
      slot,
      Object.fromEntries(
        selected.filter((entry) => entry.slot === slot).map(({ key, tensor }) => [key, tensor]),
      ),
    ]),
  );
  return { loss: loss as tf.Scalar, updates: chosenUpdates, state };
}

/** Disposes the tensors that operations saved for their gradients. tfjs never does so after an error in the backward pass. */
function disposeTape(): void {
  const { state } = tf.engine();
  if (state.gradientDepth > 0 || !state.activeTape) return; // an outer gradient still needs them
  for (const { saved } of state.activeTape) tf.dispose(saved);
  state.activeTape = [];
}

function keep(state: OptimizerState): OptimizerState {
  for (const tensor of listTensors(state)) tf.keep(tensor);
  return state;
}

function disposeState(state: OptimizerState): void {
  tf.dispose(listTensors(state));
}

const listTensors = (state: OptimizerState): tf.Tensor[] =>
  Object.values(state).flatMap((tensors) => Object.values(tensors));
