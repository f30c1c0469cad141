import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';

/**
 * The addresses of the inputs of a fused kernel.
 *
 * @param shape The shape that every input must have; not checked when left out.
 * @throws when an input is no float32 tensor or has another shape.
 */
export function floats(
  simd: SimdBackend,
  kernelName: string,
  inputs: Record<string, TensorInfo>,
  shape?: number[],
): number[] {
  return Object.entries(inputs).map(([name, info]) => {
    if (info.dtype !== 'float32') {
      throw new Error(
        `${kernelName}: ${name} is ${info.dtype}; expected float32, use tf.cast(${name}, 'float32')`,
      );
    }
    if (shape && !util.arraysEqual(info.shape, shape)) {
      throw new Error(`${kernelName}: ${name} has shape [${info.shape}]; expected [${shape}]`);
    }
    return simd.pointer(info);
  });
}
