import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { NULL, type Pointer } from '../pointer';

/**
 * The addresses of the inputs of a fused kernel, by name.
 *
 * @param shape the shape of all inputs; not checked if it is missing
 * @throws when an input is not a float32 tensor or has another shape.
 */
export function floats<Name extends string>(
  simd: SimdBackend,
  kernelName: string,
  inputs: Record<Name, TensorInfo>,
  shape?: number[],
): Record<Name, Pointer> {
  const pointers = {} as Record<Name, Pointer>;
  for (const name in inputs) pointers[name] = floatPointer(simd, kernelName, name, inputs[name], shape);
  return pointers;
}

/** The address of an optional input, or {@link NULL} if it is missing; otherwise like {@link floats}. */
export function optionalFloats(
  simd: SimdBackend,
  kernelName: string,
  name: string,
  info: TensorInfo | null | undefined,
  shape: number[],
): Pointer {
  return info == null ? NULL : floatPointer(simd, kernelName, name, info, shape);
}

function floatPointer(
  simd: SimdBackend,
  kernelName: string,
  name: string,
  info: TensorInfo,
  shape: number[] | undefined,
): Pointer {
  if (info.dtype !== 'float32') {
    throw new Error(
      `${kernelName}: ${name} is ${info.dtype}; expected float32, use tf.cast(${name}, 'float32')`,
    );
  }
  if (shape && !util.arraysEqual(info.shape, shape)) {
    throw new Error(`${kernelName}: ${name} has shape [${info.shape}]; expected [${shape}]`);
  }
  return simd.pointer(info);
}
