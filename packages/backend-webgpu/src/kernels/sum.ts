import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { fallback } from '../fallback';
import { runColumnReduction } from './column-reduction';
import { emptyReduction } from './empty-reduction';

/**
 * Sums over leading axes, as for gradients of biases, without the transpose in tfjs's kernel; and over all axes with more than
 * one workgroup. An empty sum is 0; tfjs's kernel divides by the number of terms.
 */
export const sum: tf.KernelConfig = {
  kernelName: tf.Sum,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { x } = call.inputs as { x: tf.TensorInfo };
    const { axis, keepDims } = call.attrs as unknown as tf.SumAttrs;
    const axes = tf.util.parseAxisParam(axis, x.shape);
    const leading = axes.every((a, i) => a === i) && axes.length > 0;
    const size = tf.util.sizeFromShape(x.shape);
    const backend = call.backend as WebgpuBackend;
    const ofNothing = emptyReduction(call, 0, tf.sumOutType(x.dtype));
    if (ofNothing) return ofNothing;
    if (!leading || x.dtype !== 'float32') return fallback(tf.Sum)(call);
    if (backend.shouldExecuteOnCPU([x])) return fallback(tf.Sum)(call);
    const kept = x.shape.slice(axes.length);
    const n = tf.util.sizeFromShape(kept);
    const out = backend.output(keepDims ? [...axes.map(() => 1), ...kept] : kept);
    runColumnReduction(backend, {
      name: 'sum',
      rows: size / n,
      n,
      inputs: { x },
      outputs: { out },
      sums: 1,
      term: 'let v0 = load_x(i);',
      finish: 'store_out(c, s0);',
    });
    return out;
  },
};
