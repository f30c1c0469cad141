import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { fallback } from '../fallback';
import { f32, groupsFor, i32, u32 } from '../program';
import { readsFloat16, storeActivation } from '../store-activation';

const THREADS = 64;

/**
 * The largest of each window, one of its values to the bit; as in tfjs NaN counts as smaller than everything. tfjs's kernel leaves
 * that to the driver, and takes nothing below −1e20.
 */
export const maxPool: tf.KernelConfig = {
  kernelName: tf.MaxPool,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { x } = call.inputs as { x: tf.TensorInfo };
    const backend = call.backend as WebgpuBackend;
    const { filterSize, strides, pad, dimRoundingMode } = call.attrs as unknown as tf.MaxPoolAttrs;
    const shape = x.shape as [number, number, number, number];
    const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    if (x.dtype !== 'float32' || tf.util.sizeFromShape(x.shape) === 0) return fallback(tf.MaxPool)(call);
    const y = backend.output(info.outShape);
    const width = info.inChannels % 4 === 0 ? 4 : 1;
    const size = tf.util.sizeFromShape(info.outShape) / width;
    const run = (inputs: Record<string, tf.TensorInfo>) =>
      backend.run({
        name: `max pool of ${width}`,
        inputs,
        outputs: { y },
        types: width === 4 ? { T: 'vec4<f32>' } : {},
        uniforms: {
          size: u32(size),
          height: i32(info.inHeight),
          width: i32(info.inWidth),
          channels: i32(info.inChannels / width),
          outHeight: i32(info.outHeight),
          outWidth: i32(info.outWidth),
          windowHeight: i32(info.filterHeight),
          windowWidth: i32(info.filterWidth),
          strideY: i32(info.strideHeight),
          strideX: i32(info.strideWidth),
          top: i32(info.padInfo.top),
          left: i32(info.padInfo.left),
          // WGSL has no literal for −∞.
          lowest: f32(-Infinity),
        },
        threads: THREADS,
        groups: groupsFor(Math.ceil(size / THREADS)),
        body: () => `
  let i = block * ${THREADS}u + lane;
  if (i >= uniforms.size) { return; }
  let c = i32(i) % uniforms.channels;
  let pixel = i32(i) / uniforms.channels;
  let fromX = pixel % uniforms.outWidth * uniforms.strideX - uniforms.left;
  let fromY = pixel / uniforms.outWidth % uniforms.outHeight * uniforms.strideY - uniforms.top;
  let image = pixel / (uniforms.outWidth * uniforms.outHeight) * uniforms.height;
  var largest = T(uniforms.lowest);
  for (var row = max(fromY, 0); row < min(fromY + uniforms.windowHeight, uniforms.height); row++) {
    for (var column = max(fromX, 0); column < min(fromX + uniforms.windowWidth, uniforms.width); column++) {
      let x = load_x(u32(((image + row) * uniforms.width + column) * uniforms.channels + c));
      largest = select(largest, x, x > largest);
    }
  }
  store_y(i, largest);`,
      });
    if (readsFloat16(backend, x)) storeActivation(backend, { x }, y, run);
    else run({ x });
    return y;
  },
};
