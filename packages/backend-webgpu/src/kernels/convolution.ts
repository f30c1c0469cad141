import * as tf from '@tensorflow/tfjs-core';
import { fallback } from '../fallback';
import { activateAfter } from './activate-after';
import { conv2d, fusedConv2D } from './conv2d';
import { conv2dBackpropFilter } from './conv2d-filter-gradient';
import { conv2dBackpropInput } from './conv2d-input-gradient';
import { inFloat32 } from './in-float32';

/** tfjs's convolution of each channel by itself. */
const depthwiseConv2d: tf.KernelConfig = {
  kernelName: tf.DepthwiseConv2dNative,
  backendName: 'webgpu',
  kernelFunc: (call) => fallback(tf.DepthwiseConv2dNative)(call),
};

/** The same with its epilogue; what tfjs's kernel does by masks or a clamp, which change NaN and infinities, comes behind it. */
const fusedDepthwiseConv2d: tf.KernelConfig = {
  kernelName: tf.FusedDepthwiseConv2D,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { activation } = call.attrs as unknown as tf.FusedDepthwiseConv2DAttrs;
    const run = fallback(tf.FusedDepthwiseConv2D);
    return ['prelu', 'leakyrelu', 'relu6'].includes(activation) ? activateAfter(call, run) : run(call);
  },
};

/** The two-dimensional convolution, with its epilogue, and its gradients as implicit matrix products. */
export const convolutionKernels: tf.KernelConfig[] = [
  conv2d,
  fusedConv2D,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  depthwiseConv2d,
  fusedDepthwiseConv2d,
].map(inFloat32);
