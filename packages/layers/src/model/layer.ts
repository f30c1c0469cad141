import { assertCalled, callGiven, func, show } from '@tenfold/checks';
import type { Rng } from '@tenfold/random';
import type * as tf from '@tensorflow/tfjs-core';
import type { KeyValueCache } from './cache';

/** The input or output of a layer: a tensor, or a list or plain object of tensors. */
export type Tensors = tf.Tensor | readonly tf.Tensor[] | { readonly [name: string]: tf.Tensor | undefined };

/** The context of a forward pass. */
export interface Context {
  /** Whether this is a training step: layers use batch statistics and update running ones, and dropout is on. */
  training: boolean;
  /** The stream of random numbers for this pass. A training step with dropout needs it. */
  rng?: Rng;
  /**
   * Called with intermediate tensors of layers: attention passes 'attention' and its `weights` [batch, heads, queries, keys].
   * The tensors are disposed afterwards, so use them in the callback or clone them.
   */
  record?: (name: string, tensors: tf.NamedTensorMap) => void;
  /** Keys and values of earlier tokens, for generation with causal attention; see `createCache`. */
  cache?: KeyValueCache | undefined;
}

/**
 * A layer: a stateless pair of functions that create its parameters and compute its output from them and its input.
 *
 * P is a tree of plain objects whose leaves are variables; frozen ones are not `trainable`. I and O are a tensor or several.
 */
export interface Layer<P extends object = object, I = tf.Tensor, O = tf.Tensor> {
  /** Creates the parameters, with initial values drawn from `rng`. */
  init(rng: Rng): P;
  /** Computes the output. In a training step it may update running statistics. */
  apply(params: P, input: I, context: Context): O;
}

/** A layer with its parameters. Dispose it when you no longer need it. */
export interface Model<P extends object = object, I = tf.Tensor, O = tf.Tensor> {
  /** The layer. */
  readonly layer: Layer<P, I, O>;
  /** The parameters as a tree: `model.params.head.kernel`. */
  readonly params: P;
  /** All parameters as one flat map, 'block1.conv.kernel' → variable, including running statistics and frozen parameters. */
  parameters(): { [name: string]: tf.Variable };
  /** The trainable parameters, as a flat map. */
  trainable(): { [name: string]: tf.Variable };
  /**
   * Computes the output for a batch in the given context, and disposes intermediate tensors. Without `training: true`, it is the
   * same as `predict`.
   *
   * @throws when the context has an unknown entry, or one that is not of its kind
   */
  apply(input: I, context?: Partial<Context>): O;
  /** Computes the output for a batch outside of training: with running statistics and without dropout. */
  predict(input: I): O;
  /** Disposes the variables, except those of models that it uses as layers. */
  dispose(): void;
}

/** No parameters. */
export type NoParams = Record<never, never>;

/**
 * Anything that can be used as a layer: a layer, a plain function of a tensor such as `relu`, or a model, whose variables are
 * then shared.
 */
export type LayerLike<I = tf.Tensor, O = tf.Tensor> =
  | Layer<object, I, O>
  | ((input: I) => O)
  | Model<object, I, O>;

/** A layer with any input and output. */
export type AnyLayer =
  | Layer<object, never, unknown>
  | ((input: tf.Tensor) => Tensors)
  | Model<object, never, unknown>;

/** The type of the parameters of a layer. */
export type ParamsOf<L> = L extends { readonly params: infer P extends object }
  ? P
  : L extends { init(rng: Rng): infer P extends object }
    ? P
    : NoParams;

/** The type of the input of a layer; a function takes a tensor. */
export type InputOf<L> = L extends { readonly layer: Layer<object, infer I, unknown> }
  ? I
  : L extends { init(rng: Rng): object; apply(params: never, input: infer I, context: Context): unknown }
    ? I
    : tf.Tensor;

/** The type of the output of a layer. */
export type OutputOf<L> = L extends { readonly layer: Layer<object, never, infer O> }
  ? O
  : L extends { init(rng: Rng): object; apply(params: never, input: never, context: Context): infer O }
    ? O
    : L extends (input: tf.Tensor) => infer O
      ? O
      : tf.Tensor;

/** Converts to a layer: wraps a plain function, or shares the variables of a model. */
export function toLayer<L extends AnyLayer>(layer: L): Layer<ParamsOf<L>, InputOf<L>, OutputOf<L>>;
export function toLayer(layer: AnyLayer): Layer<object, never, unknown> {
  assertLayer('toLayer', 'layer', layer);
  assertCalled(layer);
  if (typeof layer === 'function') return { init: () => ({}), apply: (_, x) => callGiven(layer, x) };
  if (isModel(layer)) {
    return {
      init: () => layer.params,
      apply: (params, input, context) => layer.layer.apply(params, input, context),
    };
  }
  return layer;
}

/** Throws unless a value can be used as a layer. */
export function assertLayer(name: string, what: string, value: unknown): void {
  if (isLayer(value)) return;
  throw new Error(
    `${name}: ${what} is ${show(value)}; give a layer such as dense({ … }), a model, or a function of a tensor`,
  );
}

/** Whether a value can be used as a layer. */
export function isLayer(value: unknown): boolean {
  if (func.accepts(value)) return true;
  const layer = value as Partial<Layer & Model> | null | undefined;
  if (typeof layer !== 'object' || typeof layer?.apply !== 'function') return false;
  return layer.init !== undefined || isModel(layer);
}

const isModel = (layer: object): layer is Model<object, never, unknown> =>
  'layer' in layer && 'params' in layer && 'parameters' in layer;
