import { assertArgument, func, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';

interface KernelRun {
  inputs: { [name: string]: { shape: number[] } };
  attributes: tf.NamedAttrMap;
  output: { shape: number[] };
}

const size = tf.util.sizeFromShape;
const product = ({ inputs: { a }, attributes, output }: KernelRun) =>
  2 * size(output.shape) * a!.shape.at(attributes.transposeA ? -2 : -1)!;
/** Each element of the output is a sum over a window [height, width, channels] of the filter. */
const convolution = (output: number[], window: number[]) => 2 * size(output) * size(window);
/** One product of queries and keys, or another one of that size. */
const scores = ({ query, key }: KernelRun['inputs']) => 2 * size(query!.shape) * key!.shape[1]!;

/**
 * The floating-point operations of the kernels that multiply matrices or convolve. A multiply-add is 2, and zero padding is
 * included. What a kernel saves or repeats does not count: Winograd convolutions count as direct ones, and scores that the
 * gradient of attention recomputes count once. All other kernels count 0.
 */
const flopCounters: { [kernel: string]: (run: KernelRun) => number } = {
  BatchMatMul: product,
  _FusedMatMul: product,
  Conv2D: ({ inputs, output }) => convolution(output.shape, inputs.filter!.shape.slice(0, 3)),
  FusedConv2D: ({ inputs, output }) => convolution(output.shape, inputs.filter!.shape.slice(0, 3)),
  Conv2DBackpropInput: ({ inputs }) => convolution(inputs.dy!.shape, inputs.filter!.shape.slice(0, 3)),
  Conv2DBackpropFilter: ({ inputs, output }) => convolution(inputs.dy!.shape, output.shape.slice(0, 3)),
  DepthwiseConv2dNative: ({ inputs, output }) => convolution(output.shape, inputs.filter!.shape.slice(0, 2)),
  FusedDepthwiseConv2D: ({ inputs, output }) => convolution(output.shape, inputs.filter!.shape.slice(0, 2)),
  DepthwiseConv2dNativeBackpropInput: ({ inputs }) =>
    convolution(inputs.dy!.shape, inputs.filter!.shape.slice(0, 2)),
  DepthwiseConv2dNativeBackpropFilter: ({ inputs, output }) =>
    convolution(inputs.dy!.shape, output.shape.slice(0, 2)),
  // Q·Kᵀ and P·V; then the gradients of P, V, Q and K.
  Attention: ({ inputs }) => 2 * scores(inputs),
  AttentionGrad: ({ inputs }) => 4 * scores(inputs),
  NewtonSchulz: newtonSchulz,
  NewtonSchulzList: newtonSchulz,
};

/** For each matrix X: A = X·Xᵀ, A·A and (…)·X, where the side of A is the smaller side of X. */
function newtonSchulz({ inputs, attributes }: KernelRun): number {
  const iterations = Object.values(inputs).map(({ shape }) => {
    const [small, large] = [Math.min(...shape), Math.max(...shape)];
    return 4 * small * small * large + 2 * small ** 3;
  });
  return (attributes.steps as number) * iterations.reduce((sum, flops) => sum + flops, 0);
}

/** The result of {@link countFlops}. */
export interface FlopCount<T> {
  /** What the function returned. */
  result: T;
  /** Floating-point operations of all kernels. */
  flops: number;
  /** Floating-point operations by kernel name, without the kernels that count 0. */
  kernels: { [kernel: string]: number };
}

/**
 * Runs a function and counts the floating-point operations of the kernels that it executes, from their shapes. The results
 * do not change.
 *
 * A multiply-add of a matrix product or convolution counts 2, zero padding included. Sums, activations and norms count 0,
 * as is usual. The function must be synchronous.
 *
 * @example
 * const { result, flops } = countFlops(() => tf.matMul(tf.ones([2, 3]), tf.ones([3, 4]))); // flops = 48
 */
export function countFlops<T>(body: () => T): FlopCount<T> {
  assertArgument('countFlops', 'body', body, required(func));
  const engine = tf.engine();
  const run = engine.runKernel;
  const kernels: { [kernel: string]: number } = {};
  engine.runKernel = <R extends tf.Tensor | tf.Tensor[]>(
    name: string,
    inputs: tf.NamedTensorMap,
    attributes?: tf.NamedAttrMap,
  ): R => {
    const outputs = run.call(engine, name, inputs, attributes) as R;
    const output: tf.Tensor | undefined = Array.isArray(outputs) ? outputs[0] : outputs;
    const count = Object.hasOwn(flopCounters, name) ? flopCounters[name] : undefined;
    if (count && output)
      kernels[name] = (kernels[name] ?? 0) + count({ inputs, attributes: attributes ?? {}, output });
    return outputs;
  };
  try {
    const result = body();
    if (result instanceof Promise) {
      throw new Error('countFlops: body returned a promise; give a synchronous function');
    }
    return { result, flops: Object.values(kernels).reduce((sum, flops) => sum + flops, 0), kernels };
  } finally {
    engine.runKernel = run;
  }
}
