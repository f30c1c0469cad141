import { type TensorInfo, util } from '@tensorflow/tfjs-core';

/**
 * Checks the inputs of a fused kernel.
 *
 * @param shape the required shape of every input; not checked when left out
 * @throws when an input is not a float32 tensor or has another shape
 */
export function assertFloats(kernelName: string, inputs: Record<string, TensorInfo>, shape?: number[]): void {
  for (const [name, info] of Object.entries(inputs)) {
    if (info.dtype !== 'float32') {
      throw new Error(
        `${kernelName}: ${name} is ${info.dtype}; expected float32, use tf.cast(${name}, 'float32')`,
      );
    }
    if (shape && !util.arraysEqual(info.shape, shape)) {
      throw new Error(`${kernelName}: ${name} has shape [${info.shape}]; expected [${shape}]`);
    }
  }
}

/** The number of rows and their length, along the last axis. */
export function countRows({ shape }: TensorInfo): { rows: number; n: number } {
  const n = shape.at(-1) ?? 1;
  return { rows: n === 0 ? 0 : util.sizeFromShape(shape) / n, n };
}
