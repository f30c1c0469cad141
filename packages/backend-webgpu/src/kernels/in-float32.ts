import type { KernelConfig, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { toFloat32 } from '../to-float32';

const isInteger = ({ dtype }: TensorInfo): boolean => dtype === 'int32' || dtype === 'bool';

/**
 * A kernel that converts int32 and bool inputs to float32. The results of tfjs's kernels have the dtype of the first input, so an
 * integer input would truncate them.
 */
export const inFloat32 = (config: KernelConfig): KernelConfig => ({
  ...config,
  kernelFunc: (call) => {
    const backend = call.backend as WebgpuBackend;
    const entries = Object.entries(call.inputs as Record<string, TensorInfo | undefined>);
    const isMixed =
      entries.some(([, info]) => info?.dtype === 'float32') &&
      entries.some(([, info]) => info && isInteger(info));
    if (!isMixed) return config.kernelFunc(call);
    const converted: TensorInfo[] = [];
    const convert = (info: TensorInfo): TensorInfo => {
      const out = backend.output(info.shape);
      toFloat32(backend, info, 'i32', out);
      converted.push(out);
      return out;
    };
    const inputs = entries.map(([name, info]) => [name, info && isInteger(info) ? convert(info) : info]);
    const result = config.kernelFunc({ ...call, inputs: Object.fromEntries(inputs) as NamedTensorInfoMap });
    for (const { dataId } of converted) backend.disposeData(dataId);
    return result;
  },
});
