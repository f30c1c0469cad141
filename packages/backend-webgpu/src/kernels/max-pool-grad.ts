import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { fallback } from '../fallback';
import { f32, groupsFor, i32, u32 } from '../program';

const THREADS = 64;

/**
 * dx of max-pooling in one dispatch: an element gets dy of every window in which it is the first maximum. As in tfjs a window
 * without a value above −∞ has none.
 */
export const maxPoolGrad: tf.KernelConfig = {
  kernelName: tf.MaxPoolGrad,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { dy, input, output } = call.inputs as Record<string, tf.TensorInfo>;
    const { filterSize, strides, pad, dimRoundingMode } = call.attrs as unknown as tf.MaxPoolGradAttrs;
    const info = tf.backend_util.computePool2DInfo(
      input!.shape as [number, number, number, number],
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    const size = tf.util.sizeFromShape(input!.shape);
    const covered =
      [dy!, input!, output!].every(({ dtype }) => dtype === 'float32') &&
      [dy!, output!].every(({ shape }) => tf.util.arraysEqual(shape, info.outShape)) &&
      size > 0 &&
      tf.util.sizeFromShape(info.outShape) > 0;
    if (!covered) return fallback(tf.MaxPoolGrad)(call);
    const backend = call.backend as WebgpuBackend;
    const dx = backend.output(input!.shape);
    backend.run({
      name: 'max pool grad',
      inputs: { dy: dy!, x: input!, y: output! },
      outputs: { dx },
      uniforms: {
        size: u32(size),
        height: i32(info.inHeight),
        width: i32(info.inWidth),
        channels: i32(info.inChannels),
        outHeight: i32(info.outHeight),
        outWidth: i32(info.outWidth),
        windowHeight: i32(info.filterHeight),
        windowWidth: i32(info.filterWidth),
        strideY: i32(info.strideHeight),
        strideX: i32(info.strideWidth),
        top: i32(info.padInfo.top),
        left: i32(info.padInfo.left),
        // WGSL has no literal for it.
        lowest: f32(-Infinity),
      },
      threads: THREADS,
      groups: groupsFor(Math.ceil(size / THREADS)),
      body: () => `
  let i = block * ${THREADS}u + lane;
  if (i >= uniforms.size) { return; }
  let c = i32(i) % uniforms.channels;
  let pixel = i32(i) / uniforms.channels;
  let column = pixel % uniforms.width;
  let row = pixel / uniforms.width % uniforms.height;
  let b = pixel / (uniforms.width * uniforms.height);
  var sum = 0.0;
  for (var ky = 0; ky < uniforms.windowHeight; ky++) {
    let fromY = row + uniforms.top - ky;
    if (fromY < 0 || fromY % uniforms.strideY != 0 || fromY / uniforms.strideY >= uniforms.outHeight) { continue; }
    for (var kx = 0; kx < uniforms.windowWidth; kx++) {
      let fromX = column + uniforms.left - kx;
      if (fromX < 0 || fromX % uniforms.strideX != 0 || fromX / uniforms.strideX >= uniforms.outWidth) { continue; }
      let o = ((b * uniforms.outHeight + fromY / uniforms.strideY) * uniforms.outWidth + fromX / uniforms.strideX)
        * uniforms.channels + c;
      let top = load_y(u32(o));
      // Not by !=, which is false for NaN where WGSL becomes an ordered comparison.
      let isLargest = load_x(i) == top && top > uniforms.lowest;
      if (!isLargest) { continue; }
      // Of equal values the first counts.
      var isFirst = true;
      for (var k = 0; k < ky * uniforms.windowWidth + kx; k++) {
        let otherY = row - ky + k / uniforms.windowWidth;
        let otherX = column - kx + k % uniforms.windowWidth;
        if (otherY >= 0 && otherX >= 0 && otherX < uniforms.width) {
          let at = ((b * uniforms.height + otherY) * uniforms.width + otherX) * uniforms.channels + c;
          if (load_x(u32(at)) == top) { isFirst = false; }
        }
      }
      if (isFirst) { sum += load_dy(u32(o)); }
    }
  }
  store_dx(i, sum);`,
    });
    return dx;
  },
};
