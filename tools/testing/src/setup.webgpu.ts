import { registerWebgpu } from '@tenfold/backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, inject } from 'vitest';
import { restBetweenPolls } from './rest-between-polls';
import { restoreGradients } from './restore-gradients';

restoreGradients();
if (inject('webgpuAdapter')) {
  restBetweenPolls();
  // The test files of a process share a device and its compiled shaders.
  if (!tf.findBackend('webgpu')) await registerWebgpu({ allowSoftware: true });
  // tfjs would compute small tensors on the CPU, but these tests are for the GPU's kernels.
  tf.env().set('WEBGPU_CPU_FORWARD', false);
} else {
  // For computations while the tests are collected.
  await import('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
  beforeEach(({ skip }) => skip('no WebGPU adapter'));
}
