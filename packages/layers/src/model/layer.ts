import { func, show } from '@tenfold/checks';
import type { Rng } from '@tenfold/random';
import type * as tf from '@tensorflow/tfjs-core';

/** What goes into a layer and comes out of it: a tensor, or a list or plain object of tensors. */
export type Tensors = tf.Tensor | readonly tf.Tensor[] | { readonly [name: string]: tf.Tensor | undefined };

/** The pass in which a layer is applied. */
export interface Context {
  /** Whether this is a training step: batch statistics are used and updated, dropout is on. */
  training: boolean;
  /** The stream of this pass for layers that draw numbers. A training pass with dropout needs it. */
  rng?: Rng;
  /**
   * Called with what layers compute inside, by its name: attention gives its `weights` [batch, heads, queries, keys] as
   * 'attention'. The tensors are the layer's: use them before this returns, or keep clones.
   */
  record?: (name: string, tensors: tf.NamedTensorMap) => void;
}

/**
 * A layer: how its parameters start, and what it computes from its input with them. It holds no state.
 *
 * P: a tree of plain objects whose leaves are variables; frozen ones are not `trainable`. I and O: a tensor, or several.
 */
export interface Layer<P extends object = object, I = tf.Tensor, O = tf.Tensor> {
  /** Creates the parameters with their first values, drawn from `rng`. */
  init(rng: Rng): P;
  /** The output for an input; running statistics may be updated where the context says that this is a training step. */
  apply(params: P, input: I, context: Context): O;
}

/** A layer together with its parameters. Dispose it when it is no longer needed. */
export interface Model<P extends object = object, I = tf.Tensor, O = tf.Tensor> {
  /** The layer that the parameters belong to. */
  readonly layer: Layer<P, I, O>;
  /** The parameters as the layer names them: `model.params.head.kernel`. */
  readonly params: P;
  /** All parameters in one flat map, 'block1.conv.kernel' → variable: running statistics and frozen ones too. */
  parameters(): { [name: string]: tf.Variable };
  /** The parameters that training changes by gradients. */
  trainable(): { [name: string]: tf.Variable };
  /** The layer's output for a batch in the given context, with intermediate tensors disposed. */
  apply(input: I, context: Context): O;
  /** The layer's output for a batch as it is after training: running statistics, no dropout. */
  predict(input: I): O;
  /** Disposes the variables, except those of models that are used as layers in it. */
  dispose(): void;
}

/** No parameters. */
export type NoParams = Record<never, never>;

/**
 * What can be used as a layer: a layer; a plain function of a tensor such as `relu`; a model, whose variables are then
 * shared.
 */
export type LayerLike<I = tf.Tensor, O = tf.Tensor> =
  | Layer<object, I, O>
  | ((input: I) => O)
  | Model<object, I, O>;

/** Any layer, whatever goes in and comes out. */
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

/** The layer itself, one without parameters around a plain function, or one that shares the variables of a model. */
export function toLayer<L extends AnyLayer>(layer: L): Layer<ParamsOf<L>, InputOf<L>, OutputOf<L>>;
export function toLayer(layer: AnyLayer): Layer<object, never, unknown> {
  assertLayer('toLayer', 'layer', layer);
  if (typeof layer === 'function') return { init: () => ({}), apply: (_, x) => layer(x) };
  if (isModel(layer)) {
    return {
      init: () => layer.params,
      apply: (params, input, context) => layer.layer.apply(params, input, context),
    };
  }
  return layer;
}

/** Fails unless a value can be used as a layer. */
export function assertLayer(name: string, what: string, value: unknown): void {
  if (func.accepts(value)) return;
  const layer = value as Partial<Layer & Model> | null | undefined;
  if (typeof layer === 'object' && typeof layer?.apply === 'function' && (layer.init || isModel(layer)))
    return;
  throw new Error(
    `${name}: ${what} is ${show(value)}; give a layer such as dense({ … }), a model, or a function of a tensor`,
  );
}

const isModel = (layer: object): layer is Model<object, never, unknown> =>
  'layer' in layer && 'params' in layer && 'parameters' in layer;
