import { assertOptions, seed as seeds, show } from '@tenfold/checks';
import { assertBackend } from '@tenfold/kernels';
import { createRng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import { assertOutput } from './assert-output';
import { runWithCache } from './cache';
import { completeContext } from './complete-context';
import { flatten } from './flatten-params';
import {
  type AnyLayer,
  assertLayer,
  type Context,
  type InputOf,
  type Layer,
  type Model,
  type OutputOf,
  type ParamsOf,
  toLayer,
} from './layer';

export interface CreateModelOptions {
  /** Seed of the initial parameters: the same seed gives the same parameters; 0 by default. */
  seed?: number;
}

/** Variables that belong to a model, which disposes them. Other models that use them share them. */
const owned = new WeakSet<tf.Variable>();

/**
 * Creates a model: a layer with its parameters.
 *
 * A model can be used as a layer of another model. They share its variables, which are disposed with the first model only.
 *
 * @param layer a layer, or a plain function
 * @returns the layer with its parameters
 * @throws when the seed is not an integer of at least 0, no backend is registered, or a layer's parameters cannot be created; no
 *   tensor is left then
 * @example
 * const model = createModel(dense({ inFeatures: 2, outFeatures: 1 }), { seed: 1 });
 * model.predict(tf.zeros([4, 2])); // [4, 1]
 * model.params.kernel; // the variable
 * model.dispose();
 */
export function createModel<const L extends AnyLayer>(
  layer: L,
  options: CreateModelOptions = {},
): Model<ParamsOf<L>, InputOf<L>, OutputOf<L>> {
  assertOptions('createModel', options, { seed: seeds });
  const { seed = 0 } = options;
  assertLayer('createModel', 'layer', layer);
  assertBackend('createModel');
  const root = toLayer(layer);
  const { params, flat } = initialize(root, seed);
  const created = Object.values(flat).filter((variable) => !owned.has(variable));
  for (const variable of created) owned.add(variable);
  const apply = (input: InputOf<L>, given?: Partial<Context>): OutputOf<L> => {
    const context = completeContext('model.apply', given);
    const disposed = Object.keys(flat).find((name) => flat[name]!.isDisposed);
    if (disposed !== undefined) {
      throw new Error(
        `model: the parameter ${disposed} is disposed; create the model again with createModel`,
      );
    }
    return runWithCache(context.cache, () =>
      tf.tidy(() => {
        const output = root.apply(params, input, context);
        assertOutput(output, 'model: the output');
        return cloneInputs(output, input) as tf.Tensor;
      }),
    ) as OutputOf<L>;
  };
  return {
    layer: root,
    params,
    parameters: () => ({ ...flat }),
    trainable: () => Object.fromEntries(Object.entries(flat).filter(([, variable]) => variable.trainable)),
    apply,
    predict(input, ...more: unknown[]) {
      // Array.prototype.map passes an index as the second argument.
      if (typeof more[0] === 'object') {
        throw new Error(
          `predict: the second argument is ${show(more[0])}; give several inputs as one object or array, and call apply(input, { training: true }) to compute as in training`,
        );
      }
      return apply(input);
    },
    dispose: () => tf.dispose(created),
  };
}

/** Creates the parameters and their flat map. On an error, no variable is left. */
function initialize<P extends object>(layer: Layer<P, never, unknown>, seed: number) {
  const variables = () => Object.values(tf.engine().registeredVariables);
  const before = new Set(variables());
  try {
    const rng = createRng(seed).fork('parameters');
    // tidy disposes the initial tensors but not the variables.
    const params = tf.tidy(() => layer.init(rng) as tf.TensorContainer) as P;
    return { params, flat: flatten('createModel', params) };
  } catch (error) {
    tf.dispose(variables().filter((variable) => !before.has(variable)));
    throw error;
  }
}

/** Clones tensors of the input in the output, because the caller disposes the output but keeps the input. */
function cloneInputs(output: unknown, input: unknown): unknown {
  const inputs = new Set(listTensors(input));
  if (output instanceof tf.Tensor) return inputs.has(output) ? tf.clone(output) : output;
  if (typeof output !== 'object' || output === null) return output;
  const entries = Object.entries(output).map(([name, value]) => [name, cloneInputs(value, input)] as const);
  return Array.isArray(output) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}

const listTensors = (value: unknown): tf.Tensor[] =>
  value instanceof tf.Tensor
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(listTensors)
      : [];
