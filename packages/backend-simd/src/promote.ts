import { getKernel, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend';

/**
 * Kernels that compute with several tensors of numbers. tfjs's operations give them one type; called by name they come as
 * they are, and tfjs's CPU kernels would write the result in the type of the first input: cut off when that is int32.
 */
const mixing = new Set([
  ...['Add', 'AddN', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference', 'Pow', 'Mod'],
  ...['Atan2', 'Prelu', 'BatchMatMul', '_FusedMatMul', 'FusedBatchNorm'],
  ...['Conv2D', 'FusedConv2D', 'Conv2DBackpropFilter', 'Conv2DBackpropInput'],
  ...['DepthwiseConv2dNative', 'FusedDepthwiseConv2D'],
  ...['DepthwiseConv2dNativeBackpropFilter', 'DepthwiseConv2dNativeBackpropInput'],
]);
/** Those whose CPU kernels are for floats alone, so that all inputs of integers are none of their cases either. */
const floatOnly = /Conv|_FusedMatMul|FusedBatchNorm|Prelu/;

/** The kernel as it is, or one that computes in float32 as soon as one of its inputs is float32. */
export function promoting(config: KernelConfig): KernelConfig {
  const { kernelName, kernelFunc } = config;
  if (!mixing.has(kernelName)) return config;
  return {
    ...config,
    kernelFunc: (call) => {
      const given = Object.entries(call.inputs).filter(([, info]) => info != null) as [string, TensorInfo][];
      const others = given.filter(([, { dtype }]) => dtype === 'int32' || dtype === 'bool');
      const floats = given.some(([, { dtype }]) => dtype === 'float32') || floatOnly.test(kernelName);
      if (others.length === 0 || !floats) return kernelFunc(call);
      const backend = call.backend as SimdBackend;
      const { kernelFunc: cast } = getKernel('Cast', 'simd')!;
      const inputs: typeof call.inputs = Array.isArray(call.inputs)
        ? ([...call.inputs] as unknown as typeof call.inputs)
        : { ...call.inputs };
      const made = others.map(([name, x]) => {
        const float = cast({ inputs: { x }, backend, attrs: { dtype: 'float32' } }) as TensorInfo;
        inputs[name] = float;
        return float;
      });
      const outputs = kernelFunc({ ...call, inputs });
      for (const float of made) backend.disposeIntermediateTensorInfo(float);
      return outputs;
    },
  };
}
