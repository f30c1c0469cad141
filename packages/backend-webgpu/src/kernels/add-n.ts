import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { fallback } from '../fallback';

/** The sum of many tensors, in groups. tfjs's kernel binds all tensors at once, more than a device allows. */
export const addN: tf.KernelConfig = {
  kernelName: tf.AddN,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const backend = call.backend as WebgpuBackend;
    const most = backend.device.limits.maxStorageBuffersPerShaderStage - 1; // one is the sum's
    const addTerms = fallback(tf.AddN);
    const sumTerms = (terms: tf.TensorInfo[]) =>
      addTerms({ ...call, inputs: asInputs(terms) }) as tf.TensorInfo;
    let left = call.inputs as unknown as tf.TensorInfo[];
    let before: tf.TensorInfo | undefined;
    while (left.length > most) {
      const sum = sumTerms(left.slice(0, most));
      if (before) backend.disposeData(before.dataId);
      before = sum;
      left = [sum, ...left.slice(most)];
    }
    const sum = sumTerms(left);
    if (before) backend.disposeData(before.dataId);
    return sum;
  },
};

/** AddN is the one kernel whose inputs are a list. */
const asInputs = (terms: tf.TensorInfo[]) => terms as unknown as tf.NamedTensorInfoMap;
