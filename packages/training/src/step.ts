import { assertArgument, assertOptions, func, required, seed as seedKind } from '@tenfold/checks';
import type { Context, Model } from '@tenfold/layers';
import type { Optimizer, OptimizerState } from '@tenfold/optimizers';
import type * as tf from '@tensorflow/tfjs-core';
import { assertModel, optimizerKind } from './kinds';
import { shared } from './shared';
import { createStepper, type SteppedParameters, type Stepper } from './stepper';

/** One model, or several in an array or by name. */
export type Models = SteppedModel | readonly SteppedModel[] | { readonly [name: string]: SteppedModel };

type SteppedModel = Pick<Model, 'parameters' | 'trainable'>;

export interface StepOptions {
  /** Seed of dropout and other random numbers of this step, which depend on the step count too; 0 by default. */
  seed?: number;
}

/** The state of an optimizer for the models that it steps. */
export interface StepState {
  /** The number of steps taken. */
  readonly stepCount: number;
  /** The optimizer state: slot → name of the parameter → tensor. */
  readonly state: OptimizerState;
  /** Continues from the given step count and state, and takes ownership of the state; like a trainer's `restore`. */
  restore(stepCount: number, state: OptimizerState): void;
  /** Disposes the state, of which only `stepCount` can be read then. The next step of these models with this optimizer starts anew. */
  dispose(): void;
}

/**
 * Takes one step on any loss: computes the gradients of all trainable parameters of the models, and updates them with the optimizer.
 * For several optimizers, as in a GAN, call it once for each.
 *
 * The state belongs to the optimizer together with the models, so create the optimizer once, before the loop. Use
 * {@link stepState} to save or dispose the state. When all its models are disposed, the next step of any model disposes it too.
 *
 * A parameter has the name from its model, 'body.kernel'. With several models, the name starts with the key in the object,
 * 'encoder.body.kernel', or with the position in the array, '0.body.kernel'. The options `only` and `match` of optimizers match
 * these names. A variable that several of the models share is updated once, under the name from the first of them:
 * `step({ encoder, classifier }, …)` with a classifier that contains the encoder has 'encoder.kernel' and 'classifier.head.kernel'.
 *
 * @param models the models to update in place; no others change, nor do other variables that are not trainable
 * @param optimizer one of `@tenfold/optimizers`
 * @param loss returns a scalar, computed with tensor operations from outputs of the models. To use dropout and batch statistics,
 *   apply a model in the given context: `model.apply(x, context)`
 * @returns the loss before the update; the caller disposes it
 * @throws like a trainer's step: also when the loss depends on no trainable parameter, or only through piecewise constant functions
 *   such as argMax, round or sign, whose gradients are zero; gradients that are zero for another reason are no error. Or when two parameters would have one name; no parameter, statistic or state has changed then
 * @example
 * const [criticOptimizer, generatorOptimizer] = [adam({ learningRate: 2e-4 }), adam({ learningRate: 2e-4 })];
 * for (const real of images) {
 *   const noise = tf.randomNormal([real.shape[0], 64]);
 *   tf.dispose(step(critic, criticOptimizer, () => tf.add(
 *     realLoss(critic.predict(real)), fakeLoss(critic.predict(generator.predict(noise))))));
 *   tf.dispose(step(generator, generatorOptimizer, () => realLoss(critic.predict(generator.predict(noise)))));
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
  const { stepper } = findOrCreateEntry('step', models, optimizer);
  const forward = (context: Context) => ({ loss: loss(context), outputs: {} });
  return stepper.step(forward, options.seed ?? 0).loss as tf.Scalar;
}

/**
 * Returns the optimizer state that {@link step} keeps for these models.
 *
 * @example
 * const { stepCount, state } = stepState(model, optimizer);
 * stepState(model, optimizer).dispose(); // at the end
 */
export function stepState(models: Models, optimizer: Optimizer): StepState {
  const entry = findOrCreateEntry('stepState', models, optimizer);
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

const entries = shared.stepped as Set<Entry>;
/**
 * With more optimizers of one step each for the same models, the caller probably creates a new one in every step. Fewer may be those of
 * several losses.
 */
const MOST_BEGINNERS = 16;

function findOrCreateEntry(caller: string, models: Models, optimizer: Optimizer): Entry {
  assertArgument(caller, 'optimizer', optimizer, required(optimizerKind));
  const named = nameModels(models);
  for (const [, model] of named) assertModel(caller, model, ['parameters', 'trainable']);
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
      `${caller}: each of the last ${MOST_BEGINNERS} steps had a new optimizer, without any state; create the optimizer once, before the loop`,
    );
  }
  const disposed = 'the optimizer state is disposed; call stepState again';
  const stepper = createStepper('step', joined(named), optimizer, disposed);
  const entry = { optimizer, models: named, stepper };
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

/** The parameters of all models, each variable once. */
function joined(models: [string, SteppedModel][]): SteppedParameters {
  const parameters = () => {
    const all = new Map<string, tf.Variable>();
    const seen = new Set<tf.Variable>();
    for (const [name, model] of models) {
      for (const [key, variable] of Object.entries(model.parameters())) {
        if (seen.has(variable)) continue;
        const path = name === '' ? key : `${name}.${key}`;
        if (all.has(path)) {
          throw new Error(
            `step: two parameters are named ${path}; give the models names without dots, such as { encoder, decoder }`,
          );
        }
        all.set(path, variable);
        seen.add(variable);
      }
    }
    return Object.fromEntries(all);
  };
  const trainable = () => {
    const trained = new Set(models.flatMap(([, model]) => Object.values(model.trainable())));
    return Object.fromEntries(Object.entries(parameters()).filter(([, variable]) => trained.has(variable)));
  };
  return { parameters, trainable, keepsOthers: true };
}

function forgetDisposed(): void {
  for (const entry of entries) {
    const variables = entry.models.flatMap(([, model]) => Object.values(model.parameters()));
    if (variables.every((variable) => variable.isDisposed)) {
      entry.stepper.dispose();
      entries.delete(entry);
    }
  }
}
