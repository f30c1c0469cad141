import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { fallback } from '../fallback';
import { chooseGrain, limits } from './grain';
import { hasFourBytes } from './view';

/** out[…, k, …] = x[…, indices[k], …] along one axis. */
const gather: KernelConfig = {
  kernelName: tf.GatherV2,
  backendName: 'simd',
  kernelFunc: (call) => {
    const { x, indices } = call.inputs as { x: TensorInfo; indices: TensorInfo };
    const { axis, batchDims } = call.attrs as unknown as tf.GatherV2Attrs;
    const at = tf.util.parseAxisParam(axis, x.shape)[0]!;
    const info = tf.backend_util.segment_util.collectGatherOpShapeInfo(
      x as tf.Tensor,
      indices as tf.Tensor,
      at,
      batchDims ?? 0,
    );
    const { outputShape, outerSize, dimSize, sliceSize, batchSize } = info;
    const size = tf.util.sizeFromShape(outputShape);
    const simple = batchSize === 1 && !batchDims && hasFourBytes(x.dtype) && indices.dtype === 'int32';
    if (!simple || size === 0 || size < limits.small) return fallback(tf.GatherV2)(call);
    const simd = call.backend as SimdBackend;
    const values = simd.data.get(indices.dataId).values as Int32Array;
    const wrong = values.find((index) => !(index >= 0 && index < dimSize));
    if (wrong !== undefined) {
      throw new Error(`GatherV2: the index value ${wrong} is not in [0, ${dimSize - 1}]`);
    }
    const from = [simd.pointer(x), simd.pointer(indices)] as const;
    const out = simd.output(outputShape, x.dtype as 'float32' | 'int32');
    const count = tf.util.sizeFromShape(indices.shape);
    const items = outerSize * count;
    const pointers = [...from, simd.pointer(out)] as const;
    simd.parallel(
      'gatherRows',
      [...pointers, dimSize, count, sliceSize],
      items,
      chooseGrain(simd, items, sliceSize),
    );
    return out;
  },
};

/** out[s] = Σ x[i] over the i with segmentIds[i] = s, the gradient of {@link gather}. */
const unsortedSegmentSum: KernelConfig = {
  kernelName: tf.UnsortedSegmentSum,
  backendName: 'simd',
  kernelFunc: (call) => {
    const { x, segmentIds } = call.inputs as { x: TensorInfo; segmentIds: TensorInfo };
    const { numSegments } = call.attrs as unknown as tf.UnsortedSegmentSumAttrs;
    const simple = x.dtype === 'float32' && segmentIds.dtype === 'int32' && segmentIds.shape.length === 1;
    if (!simple || tf.util.sizeFromShape(x.shape) === 0 || numSegments === 0) {
      return fallback(tf.UnsortedSegmentSum)(call);
    }
    const simd = call.backend as SimdBackend;
    const from = [simd.pointer(x), simd.pointer(segmentIds)] as const;
    const rows = x.shape[0]!;
    const inner = tf.util.sizeFromShape(x.shape) / rows;
    const out = simd.output([numSegments, ...x.shape.slice(1)]);
    const items = Math.ceil(inner / 4);
    // Every task reads all ids, so there are at most as many tasks as threads, each at least a cache line wide.
    const grain = Math.max(4, chooseGrain(simd, items, rows * 4), Math.ceil(items / simd.runtime.threads));
    simd.parallel('segmentSum', [...from, simd.pointer(out), rows, numSegments, inner], items, grain);
    return out;
  },
};

/** out[i, indices[i]] = onValue, offValue elsewhere. */
const oneHot: KernelConfig = {
  kernelName: tf.OneHot,
  backendName: 'simd',
  kernelFunc: (call) => {
    const { indices } = call.inputs as { indices: TensorInfo };
    const { dtype, depth, onValue, offValue } = call.attrs as unknown as tf.OneHotAttrs;
    const rows = tf.util.sizeFromShape(indices.shape);
    if (
      dtype !== 'float32' ||
      indices.dtype !== 'int32' ||
      rows * depth === 0 ||
      rows * depth < limits.small
    ) {
      return fallback(tf.OneHot)(call);
    }
    const simd = call.backend as SimdBackend;
    const from = simd.pointer(indices);
    const out = simd.output([...indices.shape, depth]);
    simd.parallel(
      'oneHot',
      [from, simd.pointer(out), depth, onValue, offValue],
      rows,
      chooseGrain(simd, rows, depth),
    );
    return out;
  },
};

/** Kernels that take integer indices. */
export const indexingKernels: KernelConfig[] = [gather, oneHot, unsortedSegmentSum];
