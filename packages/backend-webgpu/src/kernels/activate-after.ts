import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';

type Call = Parameters<tf.KernelFunc>[0];

/** Runs a product without its activation, and the activation as a kernel behind it: 'prelu', 'leakyrelu' or 'relu6'. */
export function activateAfter(call: Call, product: tf.KernelFunc): tf.TensorInfo {
  const { preluActivationWeights, ...inputs } = call.inputs;
  const { activation, dataFormat, leakyreluAlpha } = call.attrs as unknown as tf.FusedConv2DAttrs;
  const x = product({ ...call, inputs, attrs: { ...call.attrs, activation: 'linear' } }) as tf.TensorInfo;
  const behind: Record<'prelu' | 'leakyrelu' | 'relu6', Omit<Call, 'backend'> & { kernelName: string }> = {
    prelu: {
      kernelName: tf.Prelu,
      inputs: { x, alpha: alongChannels(preluActivationWeights!, dataFormat) },
      attrs: {},
    },
    leakyrelu: { kernelName: tf.LeakyRelu, inputs: { x }, attrs: { alpha: leakyreluAlpha ?? 0.2 } },
    relu6: { kernelName: tf.Relu6, inputs: { x }, attrs: {} },
  };
  const backend = call.backend as WebgpuBackend;
  const { kernelName, ...own } = behind[activation as 'prelu' | 'leakyrelu' | 'relu6'];
  const y = tf.getKernel(kernelName, 'webgpu')!.kernelFunc({ ...own, backend }) as tf.TensorInfo;
  backend.disposeData(x.dataId);
  return y;
}

/** Slopes of which there is one a channel, in the shape in which they broadcast over the format's other axes. */
function alongChannels(slopes: tf.TensorInfo, dataFormat?: string): tf.TensorInfo {
  return dataFormat === 'NCHW' && slopes.shape.length === 1
    ? { ...slopes, shape: [slopes.shape[0]!, 1, 1] }
    : slopes;
}
