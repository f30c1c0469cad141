import type { KernelConfig, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { KernelsLike } from '../arguments';
import type { SimdBackend } from '../backend';
import { fallback } from '../fallback';
import { chooseGrain, limits } from './grain';

/** The cost of an element with an exponential or a logarithm. */
const COSTLY = 8;

/** The wasm kernels with one tensor: (x, out, p, q). */
export type UnaryKernel = KernelsLike<'exp'>;

/** Runs the wasm kernel `name` over the elements of a float32 tensor. */
export function runUnary(
  simd: SimdBackend,
  name: UnaryKernel,
  x: TensorInfo,
  { p = 0, q = 0, work = 1 } = {},
): TensorInfo {
  const size = tf.util.sizeFromShape(x.shape);
  const from = simd.pointer(x);
  const out = simd.output(x.shape);
  simd.parallel(name, [from, simd.pointer(out), p, q], size, chooseGrain(simd, size, work));
  return out;
}

interface Options {
  /** Computes the parameters of the function from the attributes. */
  parameters?: (attrs: NamedAttrMap) => { p: number; q?: number };
  work?: number;
}

/** out[i] = f(x[i]) for float32; tfjs's CPU kernel handles other dtypes. */
function unary(kernelName: string, name: UnaryKernel, { parameters, work = 1 }: Options = {}): KernelConfig {
  return {
    kernelName,
    backendName: 'simd',
    kernelFunc: (call) => {
      const { x } = call.inputs as { x: TensorInfo };
      if (x.dtype !== 'float32' || tf.util.sizeFromShape(x.shape) < limits.small)
        return fallback(kernelName)(call);
      const { p, q } = parameters?.(call.attrs ?? {}) ?? { p: 0 };
      return runUnary(call.backend as SimdBackend, name, x, { p, q, work });
    },
  };
}

const alpha = ({ alpha = 0 }: NamedAttrMap) => ({ p: alpha as number });
const clip = ({ clipValueMin, clipValueMax }: NamedAttrMap) => ({
  p: clipValueMin as number,
  q: clipValueMax as number,
});

/** Functions of one tensor. */
export const unaryKernels: KernelConfig[] = [
  unary(tf.Abs, 'abs'),
  unary(tf.Ceil, 'ceil'),
  unary(tf.ClipByValue, 'clip', { parameters: clip }),
  unary(tf.Elu, 'elu', { work: COSTLY }),
  unary(tf.Erf, 'erf', { work: COSTLY }),
  unary(tf.Exp, 'exp', { work: COSTLY }),
  unary(tf.Expm1, 'expm1', { work: COSTLY }),
  unary(tf.Floor, 'floor'),
  unary(tf.LeakyRelu, 'leakyRelu', { parameters: alpha }),
  unary(tf.Log, 'log', { work: COSTLY }),
  unary(tf.Log1p, 'log1p', { work: COSTLY }),
  unary(tf.Neg, 'neg'),
  unary(tf.Reciprocal, 'reciprocal'),
  unary(tf.Relu, 'reluValue'),
  unary(tf.Relu6, 'relu6'),
  unary(tf.Round, 'round'),
  unary(tf.Rsqrt, 'rsqrt'),
  unary(tf.Selu, 'selu', { work: COSTLY }),
  unary(tf.Sigmoid, 'sigmoid', { work: COSTLY }),
  unary(tf.Sign, 'sign'),
  unary(tf.Softplus, 'softplus', { work: COSTLY }),
  unary(tf.Sqrt, 'sqrt'),
  unary(tf.Square, 'square'),
  unary(tf.Step, 'step', { parameters: alpha }),
  unary(tf.Tanh, 'tanh', { work: COSTLY }),
];
