import type * as tf from '@tensorflow/tfjs-core';

type T = tf.Tensor;

/** A kernel with named input tensors, some of them optional. */
export interface Kernel<
  Inputs extends { [name: string]: T | undefined },
  Attributes extends object = object,
> {
  /** The input tensors by name. */
  inputs: Inputs;
  /** The arguments that are not tensors. */
  attributes: Attributes;
}

/**
 * The name of an activation function of @tenfold/activations. A backend lists the names that it supports when it registers
 * the kernel, and `canFuse` checks that list.
 */
type FunctionName = string;

/** η, β₁, β₂, ε and the step, counted from 0. */
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
  /** Whether weight decay is added to the update rather than to the gradient. */
  decoupled: boolean;
}

/** A function of {@link Kernels}, and the numbers that it takes besides its argument, in the order of its options. */
interface FunctionCall {
  function: FunctionName;
  /** At most two; none by default. */
  parameters?: readonly number[];
}

/**
 * The fused kernels that packages run and backends register, with their inputs and attributes. All tensors are float32. The
 * comment of each kernel says what it computes and lists its outputs in order.
 */
export interface Kernels {
  /** y = f(x), elementwise. */
  Activation: Kernel<{ x: T }, FunctionCall>;
  /** dx = dy·f'(x), from the argument x or the value y, depending on the function. */
  ActivationGrad: Kernel<{ dy: T; x?: T; y?: T }, FunctionCall>;
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
  /** [f(y), mean, variance], with y, mean and variance as in `BatchNormTrain`. */
  BatchNormActivation: Kernel<
    { x: T; gamma?: T | undefined; beta?: T | undefined },
    { epsilon: number; function: FunctionName }
  >;
  /** The outputs of `BatchNormTrainGrad` for dy·f'(y), where y is recomputed from x. */
  BatchNormActivationGrad: Kernel<
    { dy: T; x: T; gamma?: T | undefined; beta?: T | undefined; mean: T; variance: T },
    { epsilon: number; function: FunctionName }
  >;
  /** [y, mean [..., 1], reciprocal standard deviation [..., 1]] along the last axis. */
  LayerNorm: Kernel<{ x: T; gamma: T; beta: T }, { epsilon: number }>;
  /** [dx, dγ, dβ]. */
  LayerNormGrad: Kernel<{ dy: T; x: T; gamma: T; mean: T; rstd: T }>;
  /**
   * For query, key and value [batch, tokens, heads·d]: [softmax(scale·Q·Kᵀ)·V of each head [batch, tokens, heads·d],
   * ln Σ exp of the scaled scores [batch, heads, tokens]].
   */
  Attention: Kernel<{ query: T; key: T; value: T }, { heads: number; scale: number }>;
  /** [dQ, dK, dV]. */
  AttentionGrad: Kernel<
    { dy: T; query: T; key: T; value: T; logsumexp: T },
    { heads: number; scale: number }
  >;
  /** For input and product [batch, 4·units]: [h, gates σ(i) σ(f) tanh(g) σ(o) [batch, 4·units], c, tanh(c)]. */
  LstmCell: Kernel<{ input: T; product?: T | undefined; cell?: T | undefined }>;
  /** [gradient of input and product, gradient of the previous cell]; tanhCell is tanh(c). */
  LstmCellGrad: Kernel<{ dstate: T; dcell?: T | undefined; gates: T; tanhCell: T; cell?: T | undefined }>;
  /** For input and product [batch, 3·units]: [h, gates r z n [batch, 3·units], the third part of the product + bias]. */
  GruCell: Kernel<{ input: T; product?: T | undefined; bias: T; state?: T | undefined }>;
  /** [gradient of input, gradient of product, gradient of the previous state]. */
  GruCellGrad: Kernel<{ dstate: T; gates: T; recurrent: T; state?: T | undefined }>;
  /** [update, mean, square] for one parameter. */
  AdamW: Kernel<{ gradient: T; parameter: T; mean: T; square: T }, AdamAttributes & { weightDecay: number }>;
  /** [update, momentum] for one parameter. */
  Sgd: Kernel<{ gradient: T; parameter: T; momentum: T }, SgdAttributes & { weightDecay: number }>;
  /** X orthogonalized by `steps` Newton-Schulz iterations. */
  NewtonSchulz: Kernel<{ x: T }, { steps: number }>;
  /**
   * x/(1 − rate), or 0 where dropped, even if x is not finite there. What is dropped follows from the key: two integers from 0 to
   * 2³² − 1.
   */
  Dropout: Kernel<{ x: T }, { rate: number; key: readonly [number, number] }>;
  /** Whether all values of all inputs are finite: bool []. The inputs may have any names and shapes. */
  AllFinite: Kernel<{ [name: string]: T }>;
}

/** An optimizer step for one parameter: from gradient, parameter and slots to [update, …slots]. */
type Step = { inputs: { gradient: T; parameter: T }; attributes: { weightDecay: number } };

/**
 * For each optimizer step, the kernel for many parameters at once, whose name ends in `List`. It takes lists of gradients,
 * parameters and slots in the order of the step's inputs, and one weight decay per parameter. Its outputs are those of the step.
 */
type StepLists = {
  [K in keyof Kernels as Kernels[K] extends Step ? `${K}List` : never]: Omit<
    Kernels[K]['attributes'],
    'weightDecay'
  > & { weightDecays: readonly number[] };
};

/** Kernels that take the tensors of many parameters at once, with their attributes. */
export interface ListKernels extends StepLists {
  /** One list of matrices. */
  NewtonSchulzList: { steps: number };
  /**
   * Three lists: conditions (bool []), values, and alternatives (a scalar or of the value's shape). Each output is the value,
   * bit for bit, where its condition is true, and the alternative otherwise.
   */
  SelectList: object;
}
