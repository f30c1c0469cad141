import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { f32, type Uniform } from '../program';
import { SIGMOID } from './activation-functions';
import { CLAMP_NUMBER } from './clamp';
import type { Epilogue } from './gemm';

interface Activation {
  /** WGSL of functions that the expression calls. */
  declarations?: string;
  /** WGSL of f(x). */
  of: (x: string) => string;
}

// As tfjs's activations of this name. NaN stays NaN.
const activations: Record<string, Activation> = {
  linear: { of: (x) => x },
  relu: {
    declarations: 'fn activated(x: T) -> T { return select(x, T(0.0), x < T(0.0)); }',
    of: (x) => `activated(${x})`,
  },
  relu6: {
    declarations: CLAMP_NUMBER,
    of: (x) => `clampNumber(${x}, 0.0, 6.0)`,
  },
  elu: {
    declarations:
      'fn activated(x: T) -> T { return select(exp(select(x, T(0.0), x > T(0.0))) - 1.0, x, x >= T(0.0)); }',
    of: (x) => `activated(${x})`,
  },
  leakyrelu: {
    declarations: 'fn activated(x: T) -> T { return select(x, uniforms.alpha * x, x < T(0.0)); }',
    of: (x) => `activated(${x})`,
  },
  sigmoid: { declarations: SIGMOID, of: (x) => `sigmoid(${x})` },
};

/**
 * activation(value + bias) in the epilogue of a product.
 *
 * @param columns of the product; the bias has one value for each
 * @returns undefined when the bias has another size or type, or the activation is not supported
 */
export function createEpilogue(
  columns: number,
  bias: TensorInfo | undefined,
  activation = 'linear',
  alpha = 0.2,
): Epilogue | undefined {
  const { declarations, of } = activations[activation] ?? {};
  const fits = !bias || (bias.dtype === 'float32' && util.sizeFromShape(bias.shape) === columns);
  if (!of || !fits) return undefined;
  const uniforms: Record<string, Uniform> = activation === 'leakyrelu' ? { alpha: f32(alpha) } : {};
  const name = [bias && 'bias', activation !== 'linear' && activation].filter(Boolean).join(' ');
  const result = of(bias ? 'value + load_bias(column)' : 'value');
  return { name, inputs: bias ? { bias } : {}, uniforms, declarations, result };
}
