import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { KernelsLike } from '../arguments';
import type { SimdBackend } from '../backend';
import { fallback } from '../fallback';
import type { Pointer } from '../pointer';
import { chooseGrain } from './grain';
import { withTable } from './table';

type Call = Parameters<KernelFunc>[0];
type Info = ReturnType<typeof tf.backend_util.computePool2DInfo>;

// Returns undefined for other dtypes, empty tensors and dilated windows, which the wasm kernels do not support.
function poolInfo(x: TensorInfo, attrs: tf.MaxPoolAttrs): Info | undefined {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  if (x.dtype !== 'float32' || tf.util.sizeFromShape(x.shape) === 0) return undefined;
  const shape = x.shape as [number, number, number, number];
  return tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
}

function windowTable(info: Info): number[] {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const { strideHeight, strideWidth, padInfo } = info;
  const sizes = [inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth];
  return [...sizes, strideHeight, strideWidth, padInfo.top, padInfo.left];
}

function run(
  simd: SimdBackend,
  info: Info,
  use: (table: Pointer, items: number, grain: number) => void,
): void {
  const { batchSize, outHeight, outWidth, inChannels, filterHeight, filterWidth } = info;
  const work = outHeight * outWidth * inChannels * filterHeight * filterWidth;
  withTable(simd, windowTable(info), (table) => use(table, batchSize, chooseGrain(simd, batchSize, work)));
}

function pool(kernelName: string, name: KernelsLike<'maxPool'>): KernelConfig {
  return {
    kernelName,
    backendName: 'simd',
    kernelFunc: (call: Call) => {
      const { x } = call.inputs as { x: TensorInfo };
      const info = poolInfo(x, call.attrs as unknown as tf.MaxPoolAttrs);
      if (!info) return fallback(kernelName)(call);
      // tfjs's kernels return x here for all strides and paddings, and its specs expect that.
      const same = tf.util.arraysEqual(info.inShape, info.outShape);
      if (info.filterHeight === 1 && info.filterWidth === 1 && same) return fallback(tf.Identity)(call);
      const simd = call.backend as SimdBackend;
      const from = simd.pointer(x);
      const out = simd.output(info.outShape);
      run(simd, info, (table, items, grain) =>
        simd.parallel(name, [from, simd.pointer(out), table], items, grain),
      );
      return out;
    },
  };
}

/** inputs { dy, input, output }: each dy goes to the first largest input of its window. */
const maxPoolGrad: KernelConfig = {
  kernelName: tf.MaxPoolGrad,
  backendName: 'simd',
  kernelFunc: (call: Call) => {
    const { dy, input } = call.inputs as { dy: TensorInfo; input: TensorInfo };
    const info = poolInfo(input, call.attrs as unknown as tf.MaxPoolAttrs);
    if (!info || dy.dtype !== 'float32' || !tf.util.arraysEqual(dy.shape, info.outShape)) {
      return fallback(tf.MaxPoolGrad)(call);
    }
    const simd = call.backend as SimdBackend;
    const from = [simd.pointer(dy), simd.pointer(input)] as const;
    const dx = simd.output(input.shape);
    run(simd, info, (table, items, grain) =>
      simd.parallel('maxPoolGrad', [...from, simd.pointer(dx), table], items, grain),
    );
    return dx;
  },
};

/**
 * inputs { dy, input }: each pixel of a window gets dy divided by the size of the whole window, like tfjs's kernel. At a padded
 * border, AvgPool divides by the number of pixels inside instead; `@tenfold/gradients` scales dy to make the gradient exact.
 */
const avgPoolGrad: KernelConfig = {
  kernelName: tf.AvgPoolGrad,
  backendName: 'simd',
  kernelFunc: (call: Call) => {
    const { dy, input } = call.inputs as { dy: TensorInfo; input: TensorInfo };
    const attrs = call.attrs as unknown as tf.AvgPoolGradAttrs;
    const info = poolInfo(input, attrs as tf.MaxPoolAttrs);
    if (!info || dy.dtype !== 'float32' || !tf.util.arraysEqual(dy.shape, info.outShape)) {
      return fallback(tf.AvgPoolGrad)(call);
    }
    const simd = call.backend as SimdBackend;
    const from = simd.pointer(dy);
    const dx = simd.output(input.shape);
    run(simd, info, (table, items, grain) =>
      simd.parallel('avgPoolGrad', [from, simd.pointer(dx), table], items, grain),
    );
    return dx;
  },
};

/** Pooling of [batch, height, width, channels] and its gradients. */
export const poolingKernels: KernelConfig[] = [
  pool(tf.MaxPool, 'maxPool'),
  maxPoolGrad,
  pool(tf.AvgPool, 'avgPool'),
  avgPoolGrad,
];
