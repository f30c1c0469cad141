import * as tf from '@tensorflow/tfjs-core';
import { fallback } from '../fallback';
import { conv2d, fusedConv2D } from './conv2d';
import { conv2dBackpropFilter } from './conv2d-filter-gradient';
import { conv2dBackpropInput } from './conv2d-input-gradient';
import { inFloat32 } from './in-float32';

/** tfjs's convolutions of each channel by itself. */
const depthwise = [tf.DepthwiseConv2dNative, tf.FusedDepthwiseConv2D].map(
  (kernelName): tf.KernelConfig => ({
    kernelName,
    backendName: 'webgpu',
    kernelFunc: (call) => fallback(kernelName)(call),
  }),
);

/** The two-dimensional convolution, with its epilogue, and its gradients as implicit matrix products. */
export const convolutionKernels: tf.KernelConfig[] = [
  conv2d,
  fusedConv2D,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  ...depthwise,
].map(inFloat32);
