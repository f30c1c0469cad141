import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { fallback } from '../fallback';

/**
 * tfjs's tile for any number of axes. tfjs's own kernel reads tensors of five and more axes to the CPU, which is impossible in
 * Node; here they are repeated axis by axis, as matrices.
 */
export const tile: tf.KernelConfig = {
  kernelName: tf.Tile,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { x } = call.inputs as { x: tf.TensorInfo };
    const { reps } = call.attrs as unknown as tf.TileAttrs;
    const backend = call.backend as WebgpuBackend;
    const shape = x.shape.map((size, axis) => size * reps[axis]!);
    const isLarge = x.shape.length >= 5 && x.dtype !== 'string' && tf.util.sizeFromShape(shape) > 0;
    if (!isLarge || backend.shouldExecuteOnCPU([x])) return fallback(tf.Tile)(call);
    const matrixTile = fallback(tf.Tile);
    let current: tf.TensorInfo = x;
    backend.incRef(x.dataId);
    for (const [axis, times] of reps.entries()) {
      if (times === 1) continue;
      // What precedes the axis is the matrix's rows; along the axis and all that follows, a row comes again.
      const rows = tf.util.sizeFromShape(shape.slice(0, axis));
      const columns = tf.util.sizeFromShape(x.shape.slice(axis));
      const matrix = { ...current, shape: [rows, columns] };
      const next = matrixTile({
        inputs: { x: matrix },
        backend,
        attrs: { reps: [1, times] },
      }) as tf.TensorInfo;
      backend.disposeData(current.dataId);
      current = next;
    }
    return { ...current, shape };
  },
};
