import type { WebgpuBackend } from '@tenfold/backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { BackendUnavailable } from '../../../src/backends/unavailable';

/** A browser tells of a lost device a moment after the calls that fail by it. */
const MOMENT = 100; // milliseconds

const advice = {
  lost: 'Resume goes on from there. If it happens again, update the graphics driver, or begin a run with a smaller model or on simd',
  'out of memory':
    'Close what else uses the graphics card, and Resume goes on from there; or begin a run with a smaller model or on simd',
  validation: 'Resume goes on from there. Please report this message',
};

/**
 * What ended a training, for whoever looks at the page.
 *
 * @param error as the training threw it, which may be a consequence of what the device failed by
 * @param kept what is left of the run
 * @returns what the device failed by, or the error where it did not
 */
export async function deviceFailure(error: unknown, kept: () => Promise<string>): Promise<unknown> {
  if (tf.getBackend() !== 'webgpu') return error;
  await new Promise((resolve) => setTimeout(resolve, MOMENT));
  const { failure } = tf.backend() as WebgpuBackend;
  if (!failure) return error;
  const { reason, finding } = failure;
  return new BackendUnavailable(
    'failed',
    `The training stopped: ${finding}. ${await kept()}`,
    advice[reason],
    { cause: error },
  );
}
