import { assertArgument, assertOptions, func, required, seed as seedKind } from '@tenfold/checks';
import type { Context, Model } from '@tenfold/layers';
import type { Optimizer, OptimizerState } from '@tenfold/optimizers';
import type * as tf from '@tensorflow/tfjs-core';
import { assertModel, optimizerKind } from './kinds';
import { createStepper, type SteppedParameters, type Stepper } from './stepper';

/** One model, or several in an array or by name. */
export type Models = SteppedModel | readonly SteppedModel[] | { readonly [name: string]: SteppedModel };

type SteppedModel = Pick<Model, 'parameters' | 'trainable'>;

export interface StepOptions {
  /** Seed of the context's stream, for dropout and all else that draws numbers; 0 by default. */
  seed?: number;
}

/** What an optimizer has of the models that it steps. */
export interface StepState {
  /** How many steps have been taken. */
  readonly stepCount: number;
  /** Optimizer state: slot → name of the parameter → tensor. */
  readonly state: OptimizerState;
  /** Continues from a saved step count and state, and becomes the owner of that state. */
  restore(stepCount: number, state: OptimizerState): void;
  /** Disposes the state. The next step of these models with this optimizer is a first one. */
  dispose(): void;
}

/**
 * One step on a loss of your own: the gradients of all models' trainable parameters, and one update by the optimizer. Several
 * models with several optimizers, as in a GAN, are several calls.
 *
 * The optimizer's state belongs to the optimizer and the models together: make the optimizer once, before the loop.
 * {@link stepState} gives that state, to save and to dispose it; it is also disposed at the first step of any model after
 * these models were.
 *
 * A parameter is called as in its model, 'body.kernel'; with several models, as in the object of them,
 * 'encoder.body.kernel', or with their position in the array, '0.body.kernel'. That is what `only` and `match` of an
 * optimizer look at.
 *
 * @param models whose parameters are changed in place, and no other model's
 * @param optimizer one of `@tenfold/optimizers`
 * @param loss a scalar, computed by tensor operations from what the models give. It may apply a model in the context
 *   given, `model.apply(x, context)`, which has `training` true and a stream for dropout
 * @returns the loss before the step; the caller disposes it
 * @throws as a trainer's step does; then no parameter, statistic or state has changed
 * @example
 * const [forCritic, forMaker] = [adam({ learningRate: 2e-4 }), adam({ learningRate: 2e-4 })];
 * for (const real of images) {
 *   const noise = tf.randomNormal([real.shape[0], 64]);
 *   tf.dispose(step(critic, forCritic, () => tf.add(
 *     realLoss(critic.predict(real)), fakeLoss(critic.predict(maker.predict(noise))))));
 *   tf.dispose(step(maker, forMaker, () => realLoss(critic.predict(maker.predict(noise)))));
 * }
 */
export function step(
  models: Models,
  optimizer: Optimizer,
  loss: (context: Context) => tf.Tensor,
  options: StepOptions = {},
): tf.Scalar {
  assertOptions('step', options, { seed: seedKind });
  assertArgument(
    'step',
    'loss',
    loss,
    required({ ...func, expected: 'a function that returns a scalar tensor' }),
  );
  const { stepper } = entryOf(models, optimizer, options.seed);
  return stepper.step((context) => ({ loss: loss(context), outputs: {} })).loss as tf.Scalar;
}

/**
 * The state of an optimizer for models that {@link step} changes.
 *
 * @example
 * const { stepCount, state } = stepState(model, optimizer);
 * stepState(model, optimizer).dispose(); // at the end
 */
export function stepState(models: Models, optimizer: Optimizer): StepState {
  const entry = entryOf(models, optimizer);
  return {
    get stepCount() {
      return entry.stepper.stepCount;
    },
    get state() {
      return entry.stepper.state;
    },
    restore: (stepCount, state) => entry.stepper.restore(stepCount, state),
    dispose() {
      entry.stepper.dispose();
      entries.delete(entry);
    },
  };
}

interface Entry {
  optimizer: Optimizer;
  models: [name: string, model: SteppedModel][];
  stepper: Stepper;
}

/** Of all models that are still there. */
const entries = new Set<Entry>();
/** How many optimizers may each have taken a single step with the same models: more are made anew for every step. */
const MOST_BEGINNERS = 3;

function entryOf(models: Models, optimizer: Optimizer, seed = 0): Entry {
  assertArgument('step', 'optimizer', optimizer, required(optimizerKind));
  const named = nameModels(models);
  for (const [, model] of named) assertModel('step', model, ['parameters', 'trainable']);
  forgetDisposed();
  const sameModels = [...entries].filter(
    (entry) =>
      entry.models.length === named.length &&
      entry.models.every(([name, model], i) => name === named[i]![0] && model === named[i]![1]),
  );
  const found = sameModels.find((entry) => entry.optimizer === optimizer);
  if (found) return found;
  if (sameModels.filter(({ stepper }) => stepper.stepCount <= 1).length >= MOST_BEGINNERS) {
    throw new Error(
      `step: each of the last ${MOST_BEGINNERS} steps had a new optimizer, so that none has a state; make the optimizer once, before the loop`,
    );
  }
  const entry = { optimizer, models: named, stepper: createStepper('step', joined(named), optimizer, seed) };
  entries.add(entry);
  return entry;
}

function nameModels(models: Models): [string, SteppedModel][] {
  const { parameters, apply } = (models ?? {}) as { parameters?: unknown; apply?: unknown };
  const isModel = typeof parameters === 'function' || typeof apply === 'function';
  if (isModel || typeof models !== 'object' || models === null) return [['', models as SteppedModel]];
  const named = Object.entries(models as { [name: string]: SteppedModel });
  return named.length === 0 ? [['', models as SteppedModel]] : named;
}

const joined = (models: [string, SteppedModel][]): SteppedParameters => ({
  parameters: () => prefixed(models, (model) => model.parameters()),
  trainable: () => prefixed(models, (model) => model.trainable()),
});

const prefixed = (
  models: [string, SteppedModel][],
  of: (model: SteppedModel) => { [name: string]: tf.Variable },
): { [name: string]: tf.Variable } =>
  Object.fromEntries(
    models.flatMap(([name, model]) =>
      Object.entries(of(model)).map(([key, variable]) => [name === '' ? key : `${name}.${key}`, variable]),
    ),
  );

function forgetDisposed(): void {
  for (const entry of entries) {
    const variables = entry.models.flatMap(([, model]) => Object.values(model.parameters()));
    if (variables.every((variable) => variable.isDisposed)) {
      entry.stepper.dispose();
      entries.delete(entry);
    }
  }
}
