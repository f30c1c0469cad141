import type { FunctionKernelConfig } from '@tenfold/kernels';
import { EluGrad, type KernelConfig, type NamedAttrMap, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type ActivationName, activationNames, parseFunction, savedBy } from '../activation-functions';
import type { KernelsLike } from '../arguments';
import type { SimdBackend } from '../backend';
import { floats } from './floats';
import { chooseGrain } from './grain';
import { runUnary } from './unary';

/** The cost of an element with an exponential. */
const COSTLY = 10;
const cheap = new Set<ActivationName>([
  'relu',
  'relu6',
  'leakyRelu',
  'hardTanh',
  'hardSigmoid',
  'hardSilu',
  'hardMish',
  'squaredRelu',
  'softsign',
  'softShrink',
  'hardShrink',
  'threshold',
  'squareplus',
  'sparsePlus',
  'sparseSigmoid',
]);
const costPerElement = (name: ActivationName): number => (cheap.has(name) ? 1 : COSTLY);

function parameters(attrs: NamedAttrMap | undefined): { p: number; q: number } {
  const [p = 0, q = 0] = (attrs?.parameters ?? []) as number[];
  return { p, q };
}

/** inputs { x }, attributes { function, parameters? }: f(x), elementwise. */
const activation: FunctionKernelConfig = {
  kernelName: 'Activation',
  backendName: 'simd',
  functions: activationNames,
  kernelFunc: ({ inputs, backend, attrs }) => {
    const simd = backend as SimdBackend;
    const { x } = inputs as { x: TensorInfo };
    const name = parseFunction('Activation', attrs?.function, activationNames);
    floats(simd, 'Activation', { x });
    return runUnary(simd, `${name}Value`, x, { ...parameters(attrs), work: costPerElement(name) });
  },
};

/** inputs { dy, x } or { dy, y }, depending on the function, attributes { function, parameters? }: dy f'(x). */
const activationGrad: FunctionKernelConfig = {
  kernelName: 'ActivationGrad',
  backendName: 'simd',
  functions: activationNames,
  kernelFunc: ({ inputs, backend, attrs }) => {
    const name = parseFunction('ActivationGrad', attrs?.function, activationNames);
    const { dy, [savedBy[name]]: saved } = inputs as Record<string, TensorInfo>;
    if (!saved) {
      throw new Error(
        `ActivationGrad: the inputs are ${Object.keys(inputs)}; the gradient of ${name} takes dy, ${savedBy[name]}`,
      );
    }
    return runGradient(backend as SimdBackend, 'ActivationGrad', `${name}Gradient`, dy!, saved, {
      ...parameters(attrs),
      work: costPerElement(name),
    });
  },
};

function runGradient(
  simd: SimdBackend,
  kernelName: string,
  name: KernelsLike<'siluGradient'>,
  dy: TensorInfo,
  saved: TensorInfo,
  { p = 0, q = 0, work = 1 } = {},
): TensorInfo {
  const from = floats(simd, kernelName, { dy, saved }, dy.shape);
  const dx = simd.output(dy.shape);
  const size = util.sizeFromShape(dy.shape);
  simd.parallel(name, [from.dy, from.saved, simd.pointer(dx), p, q], size, chooseGrain(simd, size, work));
  return dx;
}

/** inputs { dy, y }: the gradient of ELU, a kernel of tfjs. */
const eluGrad: KernelConfig = {
  kernelName: EluGrad,
  backendName: 'simd',
  kernelFunc: ({ inputs, backend }) => {
    const { dy, y } = inputs as { dy: TensorInfo; y: TensorInfo };
    return runGradient(backend as SimdBackend, EluGrad, 'eluGrad', dy, y);
  },
};

/** Activation functions and their gradients as single kernels. */
export const activationKernels: KernelConfig[] = [activation, activationGrad, eluGrad];
