import type { WebgpuBackend } from '@tenfold/backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { createTraining, type ModelName } from './models';

/** The memory held by a training at some step. */
export interface Held {
  tensors: number;
  dataBuffers: number;
  /** Of GPU memory, whether in use or kept for later. */
  gpuBytes: number;
}

/** The memory that a training held after `early` steps, after all steps, and after it was disposed. */
export async function endure(
  name: ModelName,
  { steps, early, batch }: { steps: number; early: number; batch: number },
): Promise<{ early: Held; late: Held; left: number; losses: [first: number, last: number] }> {
  const before = tf.memory().numTensors;
  const training = createTraining(name, { batch, small: true });
  const losses: number[] = [];
  let held: Held | undefined;
  for (let step = 1; step <= steps; step++) {
    const loss = training.step();
    losses.push((await loss.data())[0]!);
    loss.dispose();
    if (step === early) held = holds();
  }
  const late = holds();
  training.dispose();
  return {
    early: held!,
    late,
    left: tf.memory().numTensors - before,
    losses: [losses[0]!, losses.at(-1)!],
  };
}

function holds(): Held {
  const { numTensors, numDataBuffers } = tf.memory();
  const { bufferManager } = tf.backend() as WebgpuBackend;
  return { tensors: numTensors, dataBuffers: numDataBuffers, gpuBytes: bufferManager.numBytesAllocated };
}
