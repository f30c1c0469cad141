import { getKernel, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend';

/**
 * Kernels with several numeric inputs. tfjs's operations convert the inputs to one dtype. If a kernel is called by name they are not
 * converted, and tfjs's CPU kernels would write the result in the dtype of the first input, truncated if that is int32.
 */
const mixing = new Set([
  ...['Add', 'AddN', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference', 'Pow', 'Mod'],
  ...['Atan2', 'Prelu', 'BatchMatMul', '_FusedMatMul', 'FusedBatchNorm'],
  ...['Conv2D', 'FusedConv2D', 'Conv2DBackpropFilter', 'Conv2DBackpropInput'],
  ...['DepthwiseConv2dNative', 'FusedDepthwiseConv2D'],
  ...['DepthwiseConv2dNativeBackpropFilter', 'DepthwiseConv2dNativeBackpropInput'],
]);
/** Kernels whose CPU version supports only floats, so that integer inputs are converted too. */
const floatOnly = /Conv|_FusedMatMul|FusedBatchNorm|Prelu/;

/** Makes a kernel compute in float32 if any of its inputs is float32. Returns other kernels as they are. */
export function promoting(config: KernelConfig): KernelConfig {
  const { kernelName, kernelFunc } = config;
  if (!mixing.has(kernelName)) return config;
  return {
    ...config,
    kernelFunc: (call) => {
      const present = Object.entries(call.inputs).filter(([, info]) => info != null) as [
        string,
        TensorInfo,
      ][];
      const others = present.filter(([, { dtype }]) => dtype === 'int32' || dtype === 'bool');
      const floats = present.some(([, { dtype }]) => dtype === 'float32') || floatOnly.test(kernelName);
      if (others.length === 0 || !floats) return kernelFunc(call);
      const backend = call.backend as SimdBackend;
      const { kernelFunc: cast } = getKernel('Cast', 'simd')!;
      const inputs: typeof call.inputs = Array.isArray(call.inputs)
        ? ([...call.inputs] as unknown as typeof call.inputs)
        : { ...call.inputs };
      const casts = others.map(([name, x]) => {
        const float = cast({ inputs: { x }, backend, attrs: { dtype: 'float32' } }) as TensorInfo;
        inputs[name] = float;
        return float;
      });
      const outputs = kernelFunc({ ...call, inputs });
      for (const float of casts) backend.disposeIntermediateTensorInfo(float);
      return outputs;
    },
  };
}
