import type { WebgpuBackend } from '@tenfold/backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { BackendUnavailable } from '../../../src/backends/unavailable';

/** A browser reports a lost device a moment after the calls that fail because of it. */
const MOMENT = 100; // milliseconds

const advice = {
  lost: 'Resume continues from there. If it happens again, update the graphics driver, or start a run with a smaller model or on simd',
  'out of memory':
    'Close other programs that use the GPU, then Resume continues from there; or start a run with a smaller model or on simd',
  validation: 'Resume continues from there. Please report this message',
};

/**
 * Why a training ended, as a message for the page.
 *
 * @param error the error of the training, which may be a consequence of a device failure
 * @param kept describes what is saved of the run
 * @returns the device failure, or the error without one
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
