import { assertOptions, seed as seeds } from '@tenfold/checks';
import { createRng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
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
  /** Of the parameters' first values: the same seed gives the same parameters; 0 by default. */
  seed?: number;
}

/** Variables that a model disposes; another model that uses them shares them. */
const owned = new WeakSet<tf.Variable>();

/**
 * Creates the parameters of a layer.
 *
 * A model can itself be used as a layer: the new model shares its variables, and leaves them to it when it is disposed.
 *
 * @param layer a layer, or a plain function
 * @returns the layer with its parameters
 * @throws when the seed is not an integer of at least 0, or a layer's parameters cannot be created; nothing is left then
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
  const whole = toLayer(layer);
  const { params, flat } = initialize(whole, seed);
  const own = Object.values(flat).filter((variable) => !owned.has(variable));
  for (const variable of own) owned.add(variable);
  const apply = (input: InputOf<L>, context: Context): OutputOf<L> => {
    const disposed = Object.keys(flat).find((name) => flat[name]!.isDisposed);
    if (disposed !== undefined) {
      throw new Error(
        `model: the parameter ${disposed} is disposed; create the model again with createModel`,
      );
    }
    return tf.tidy(() => detached(whole.apply(params, input, context), input) as tf.Tensor) as OutputOf<L>;
  };
  return {
    layer: whole,
    params,
    parameters: () => ({ ...flat }),
    trainable: () => Object.fromEntries(Object.entries(flat).filter(([, variable]) => variable.trainable)),
    apply,
    predict: (input) => apply(input, { training: false }),
    dispose: () => tf.dispose(own),
  };
}

/** The parameters and their flat map; no variable is left when that fails. */
function initialize<P extends object>(layer: Layer<P, never, unknown>, seed: number) {
  const variables = () => Object.values(tf.engine().registeredVariables);
  const before = new Set(variables());
  try {
    const rng = createRng(seed).fork('parameters');
    // Variables outlive the tidy, the tensors that they were made from do not.
    const params = tf.tidy(() => layer.init(rng) as tf.TensorContainer) as P;
    return { params, flat: flatten('createModel', params) };
  } catch (error) {
    tf.dispose(variables().filter((variable) => !before.has(variable)));
    throw error;
  }
}

/** The output, cloned where it is the input: the caller disposes the output, and still owns the input. */
function detached(output: unknown, input: unknown): unknown {
  const given = new Set(tensorsOf(input));
  if (output instanceof tf.Tensor) return given.has(output) ? tf.clone(output) : output;
  if (typeof output !== 'object' || output === null) return output;
  const entries = Object.entries(output).map(([name, value]) => [name, detached(value, input)] as const);
  return Array.isArray(output) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}

const tensorsOf = (value: unknown): tf.Tensor[] =>
  value instanceof tf.Tensor
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(tensorsOf)
      : [];
