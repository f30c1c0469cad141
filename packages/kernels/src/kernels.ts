import type * as tf from '@tensorflow/tfjs-core';

type T = tf.Tensor;

/** A kernel that takes named tensors; an optional one may be left out. */
export interface Kernel<
  Inputs extends { [name: string]: T | undefined },
  Attributes extends object = object,
> {
  /** The tensors by name. */
  inputs: Inputs;
  /** What else the kernel is given. */
  attributes: Attributes;
}

/**
 * An activation function as @tenfold/activations names it. A backend lists those that it knows where it registers the
 * kernel: `canFuse` asks.
 */
type FunctionName = string;

/** η, β₁, β₂, ε, λ and the step from 0, as `AdamW` takes them. */
interface AdamAttributes {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  step: number;
}

interface SgdAttributes {
  learningRate: number;
  momentum: number;
  nesterov: boolean;
  /** Whether the decay is added to the update and not to the gradient. */
  decoupled: boolean;
}

/**
 * The fused kernels that packages ask for and backends register, with their inputs and attributes. All tensors are
 * float32. What they compute, and their outputs in order, is written at each.
 */
export interface Kernels {
  /** y = f(x), elementwise. */
  Activation: Kernel<{ x: T }, { function: FunctionName }>;
  /** dx = dy·f'(x), from the argument x or from the value y, whichever suits the function. */
  ActivationGrad: Kernel<{ dy: T; x?: T; y?: T }, { function: FunctionName }>;
  /** dx = y·(dy − Σ dy·y) along the last axis. */
  SoftmaxGrad: Kernel<{ dy: T; y: T }>;
  /** [loss of each row [...], softmax of the logits [..., classes]]; 0·ln 0 = 0. */
  SoftmaxCrossEntropy: Kernel<{ logits: T; labels: T }>;
  /** [y, mean, biased variance] over all axes but the last. */
  BatchNormTrain: Kernel<{ x: T; gamma?: T | undefined; beta?: T | undefined }, { epsilon: number }>;
  /** [dx, dγ, dβ]. */
  BatchNormTrainGrad: Kernel<
    { dy: T; x: T; gamma?: T | undefined; mean: T; variance: T },
    { epsilon: number }
  >;
  /** [f(y), mean, variance] with those of `BatchNormTrain`. */
  BatchNormActivation: Kernel<
    { x: T; gamma?: T | undefined; beta?: T | undefined },
    { epsilon: number; function: FunctionName }
  >;
  /** With g = dy·f'(y), y computed again from x: those of `BatchNormTrainGrad` for g. */
  BatchNormActivationGrad: Kernel<
    { dy: T; x: T; gamma?: T | undefined; beta?: T | undefined; mean: T; variance: T },
    { epsilon: number; function: FunctionName }
  >;
  /** [y, mean [..., 1], reciprocal standard deviation [..., 1]] along the last axis. */
  LayerNorm: Kernel<{ x: T; gamma: T; beta: T }, { epsilon: number }>;
  /** [dx, dγ, dβ]. */
  LayerNormGrad: Kernel<{ dy: T; x: T; gamma: T; mean: T; rstd: T }>;
  /**
   * Of query, key and value [batch, tokens, heads·d] per head softmax(scale·Q·Kᵀ)·V: [value [batch, tokens, heads·d],
   * ln Σ exp of the scaled scores [batch, heads, tokens]].
   */
  Attention: Kernel<{ query: T; key: T; value: T }, { heads: number; scale: number }>;
  /** [dQ, dK, dV]. */
  AttentionGrad: Kernel<
    { dy: T; query: T; key: T; value: T; logsumexp: T },
    { heads: number; scale: number }
  >;
  /** Of input and product [batch, 4·units]: [h, gates σ(i) σ(f) tanh(g) σ(o) [batch, 4·units], c, tanh(c)]. */
  LstmCell: Kernel<{ input: T; product?: T | undefined; cell?: T | undefined }>;
  /** [gradient of input and product, gradient of the cell before]. */
  LstmCellGrad: Kernel<{ dstate: T; dcell?: T | undefined; gates: T; tanhCell: T; cell?: T | undefined }>;
  /** Of input and product [batch, 3·units]: [h, gates r z n [batch, 3·units], the product's third part + bias]. */
  GruCell: Kernel<{ input: T; product?: T | undefined; bias: T; state?: T | undefined }>;
  /** [gradient of input, of product, of the state before]. */
  GruCellGrad: Kernel<{ dstate: T; gates: T; recurrent: T; state?: T | undefined }>;
  /** [update, mean, square] of one parameter. */
  AdamW: Kernel<{ gradient: T; parameter: T; mean: T; square: T }, AdamAttributes & { weightDecay: number }>;
  /** [update, momentum] of one parameter. */
  Sgd: Kernel<{ gradient: T; parameter: T; momentum: T }, SgdAttributes & { weightDecay: number }>;
  /** X orthogonalized by `steps` Newton-Schulz iterations. */
  NewtonSchulz: Kernel<{ x: T }, { steps: number }>;
  /** x·m/(1 − rate), the mask m drawn from the key, two integers from 0 to 2³² − 1. */
  Dropout: Kernel<{ x: T }, { rate: number; key: readonly number[] }>;
  /** Whether every value of all inputs, which may have any names and shapes, is finite: bool []. */
  AllFinite: Kernel<{ [name: string]: T }>;
}

/** A step of an optimizer for one parameter: from its gradient, itself and its slots to [update, …slots]. */
type Step = { inputs: { gradient: T; parameter: T }; attributes: { weightDecay: number } };

/**
 * Of each step of an optimizer the kernel for many parameters at once, named with `List` at its end: lists of gradients,
 * parameters and slots in the order of its inputs, one weight decay each; outputs as of the step.
 */
type StepLists = {
  [K in keyof Kernels as Kernels[K] extends Step ? `${K}List` : never]: Omit<
    Kernels[K]['attributes'],
    'weightDecay'
  > & { weightDecays: readonly number[] };
};

/** Kernels over the tensors of many parameters at once, with their attributes. */
export interface ListKernels extends StepLists {
  /** One list of matrices. */
  NewtonSchulzList: { steps: number };
  /**
   * Lists: conditions, each a bool [], values, and others, each of its value's shape or a scalar. The value, bit for bit,
   * where its condition is true, and else the other.
   */
  SelectList: object;
}
