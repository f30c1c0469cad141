import * as tf from '@tensorflow/tfjs-core';

/** Counts the runs of each kernel in `body`, and disposes its tensors. */
export async function kernelRuns(body: () => tf.TensorContainer): Promise<{ [kernel: string]: number }> {
  const { kernels } = await tf.profile(() => {
    tf.dispose(body());
    return [];
  });
  const runs: { [kernel: string]: number } = {};
  for (const { name } of kernels) runs[name] = (runs[name] ?? 0) + 1;
  return runs;
}
