import * as tf from '@tensorflow/tfjs-core';
import { fallback } from '../fallback';

/** tfjs's `where`, also for five axes and more: tensors of the same shape are flattened. */
export const select: tf.KernelConfig = {
  kernelName: tf.Select,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { condition, t, e } = call.inputs as Record<'condition' | 't' | 'e', tf.TensorInfo>;
    if (t.shape.length < 5 || condition.shape.length !== t.shape.length) return fallback(tf.Select)(call);
    const flat = (info: tf.TensorInfo) => ({ ...info, shape: [tf.util.sizeFromShape(info.shape)] });
    const inputs = { condition: flat(condition), t: flat(t), e: flat(e) };
    const out = fallback(tf.Select)({ ...call, inputs }) as tf.TensorInfo;
    return { ...out, shape: t.shape };
  },
};
