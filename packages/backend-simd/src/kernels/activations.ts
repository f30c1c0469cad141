import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';
import type { KernelsLike } from '../arguments';
import type { SimdBackend } from '../backend';
import type { Pointer } from '../pointer';
import { floats } from './floats';
import { grainOf } from './grain';
import { runUnary, type UnaryKernel } from './unary';

const COSTLY = 10;
type Approximate = { approximate?: 'none' | 'tanh' };

function activation(kernelName: string, nameOf: (attrs: Approximate) => UnaryKernel): KernelConfig {
  return {
    kernelName,
    backendName: 'simd',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const simd = backend as SimdBackend;
      const { x } = inputs as { x: TensorInfo };
      floats(simd, kernelName, { x });
      return runUnary(simd, nameOf((attrs ?? {}) as Approximate), x, { work: COSTLY });
    },
  };
}

/** @param input The second input: the value of the activation, `y`, or its argument, `x`. */
function gradient(
  kernelName: string,
  input: 'x' | 'y',
  work: number,
  nameOf: (attrs: Approximate) => KernelsLike<'reluGrad'>,
): KernelConfig {
  return {
    kernelName,
    backendName: 'simd',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const simd = backend as SimdBackend;
      const { dy, [input]: other } = inputs as { dy: TensorInfo; x: TensorInfo; y: TensorInfo };
      const from = floats(simd, kernelName, { dy, [input]: other }, dy.shape) as Record<
        'dy' | 'x' | 'y',
        Pointer
      >;
      const dx = simd.output(dy.shape);
      const size = util.sizeFromShape(dy.shape);
      const name = nameOf((attrs ?? {}) as Approximate);
      simd.parallel(name, [from.dy, from[input], simd.pointer(dx)], size, grainOf(simd, size, work));
      return dx;
    },
  };
}

/** Activations and their gradients as single kernels. */
export const activationKernels: KernelConfig[] = [
  activation('Gelu', ({ approximate }) => (approximate === 'tanh' ? 'geluTanh' : 'gelu')),
  gradient('GeluGrad', 'x', COSTLY, ({ approximate }) =>
    approximate === 'tanh' ? 'geluTanhGrad' : 'geluGrad',
  ),
  gradient('ReluGrad', 'y', 1, () => 'reluGrad'),
  activation('Silu', () => 'silu'),
  gradient('SiluGrad', 'x', COSTLY, () => 'siluGrad'),
  gradient('EluGrad', 'y', 1, () => 'eluGrad'),
];
