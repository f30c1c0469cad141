import { registerWebgpu } from '@tenfold/backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, inject } from 'vitest';
import { restoreGradients } from './restore-gradients';

restoreGradients();
if (inject('webgpuAdapter')) {
  // The files of a process share a device, and with it the shaders that are compiled.
  if (!tf.findBackend('webgpu')) await registerWebgpu({ allowSoftware: true });
  // tfjs computes small tensors on the CPU where it can; here the GPU's kernels are to be tested.
  tf.env().set('WEBGPU_CPU_FORWARD', false);
} else {
  // For what the files compute while their tests are collected.
  await import('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
  beforeEach(({ skip }) => skip('no WebGPU adapter'));
}
