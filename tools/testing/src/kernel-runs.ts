import * as tf from '@tensorflow/tfjs-core';

/** How often each kernel runs in `body`, whose tensors are disposed. */
export async function kernelRuns(body: () => tf.TensorContainer): Promise<{ [kernel: string]: number }> {
  const { kernels } = await tf.profile(() => {
    tf.dispose(body());
    return [];
  });
  const runs: { [kernel: string]: number } = {};
  for (const { name } of kernels) runs[name] = (runs[name] ?? 0) + 1;
  return runs;
}
