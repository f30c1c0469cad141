import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { fallback } from '../fallback';
import { groupsFor, u32 } from '../program';

const THREADS = 64;

/**
 * Cumulative sums and products along any axis. tfjs's kernels cache a shader per direction that contains the length of the
 * first tensor, and so are wrong for other lengths; the gradient of `tf.prod` needs both directions.
 */
function cumulative(kernelName: string, operator: '+' | '*', neutral: string): tf.KernelConfig {
  return {
    kernelName,
    backendName: 'webgpu',
    kernelFunc: (call) => {
      const { x } = call.inputs as { x: tf.TensorInfo };
      const { axis, exclusive, reverse } = call.attrs as unknown as tf.CumsumAttrs;
      const [along] = tf.util.parseAxisParam(axis, x.shape) as [number];
      const size = tf.util.sizeFromShape(x.shape);
      if (x.dtype === 'complex64' || x.dtype === 'string' || size === 0) return fallback(kernelName)(call);
      const backend = call.backend as WebgpuBackend;
      const out = backend.makeTensorInfo(x.shape, x.dtype);
      const length = x.shape[along] ?? 1;
      const inner = tf.util.sizeFromShape(x.shape.slice(along + 1));
      const type = x.dtype === 'float32' ? 'f32' : 'i32';
      const lines = size / length;
      backend.run({
        name: `cumulative ${operator} ${type} ${exclusive} ${reverse}`,
        inputs: { x },
        outputs: { out },
        types: { T: type },
        uniforms: { lines: u32(lines), length: u32(length), inner: u32(inner) },
        threads: THREADS,
        groups: groupsFor(Math.ceil(lines / THREADS)),
        body: () => `
  let line = block * ${THREADS}u + lane;
  if (line >= uniforms.lines) { return; }
  let start = line / uniforms.inner * uniforms.inner * uniforms.length + line % uniforms.inner;
  var total = T(${neutral});
  for (var k = 0u; k < uniforms.length; k++) {
    let i = start + ${reverse ? '(uniforms.length - 1u - k)' : 'k'} * uniforms.inner;
    ${exclusive ? `store_out(i, total); total ${operator}= load_x(i);` : `total ${operator}= load_x(i); store_out(i, total);`}
  }`,
      });
      return out;
    },
  };
}

/** `tf.cumsum` and `tf.cumprod`. */
export const cumulativeKernels: tf.KernelConfig[] = [
  cumulative(tf.Cumsum, '+', '0'),
  cumulative(tf.Cumprod, '*', '1'),
];
