import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { fallback } from '../fallback';
import { floats } from './floats';
import { grainOf } from './grain';
import { reduceMiddle } from './reduce';
import { rowsOf } from './softmax';

interface Epsilon {
  epsilon?: number;
}

/** Channels whose sums fit into the scratch buffer of a thread. */
const STRIP = 8192;
const SLICE_ELEMENTS = 32768;
const MOST_SLICES = 64;
/** Rows whose gradients a slice of layer norm adds up in floats. */
const LAYER_NORM_ROWS = 64;

// Channels are worked on in strips: offsets in bytes, and the strip's width.
function forEachStrip(channels: number, run: (offset: number, width: number) => void): void {
  for (let c = 0; c < channels; c += STRIP) run(4 * c, Math.min(STRIP, channels - c));
}

// Depends on the shape alone, so that the result does too.
function slicesOf(rows: number, width: number): { slices: number; per: number } {
  const wanted = Math.max(1, Math.min(MOST_SLICES, rows, Math.floor((rows * width) / SLICE_ELEMENTS)));
  const per = Math.max(1, Math.ceil(rows / wanted));
  return { slices: Math.max(1, Math.ceil(rows / per)), per };
}

/** inputs { x, gamma?, beta? }, attrs { epsilon }: outputs [y, mean, variance], moments over all axes but the last. */
const batchNormTrain: KernelConfig = {
  kernelName: 'BatchNormTrain',
  backendName: 'simd',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const simd = backend as SimdBackend;
    const { x, gamma, beta } = inputs as { x: TensorInfo; gamma?: TensorInfo; beta?: TensorInfo };
    const { epsilon = 1e-5 } = (attrs ?? {}) as Epsilon;
    const { rows, n } = rowsOf(x);
    const [from] = floats(simd, 'BatchNormTrain', { x }) as [number];
    const scale = optional(simd, 'BatchNormTrain', { gamma }, n);
    const shift = optional(simd, 'BatchNormTrain', { beta }, n);
    const outputs = [simd.output(x.shape), simd.output([n]), simd.output([n])];
    const [y, mean, variance] = outputs.map((out) => simd.pointer(out)) as [number, number, number];
    forEachStrip(n, (at, width) => {
      const { slices, per } = slicesOf(rows, width);
      const bytes = 16 * width * slices;
      const sums = simd.temporary(bytes);
      const work = 2 * per * width;
      simd.parallel(
        'batchNormSums',
        [from + at, sums, rows, n, width, per],
        slices,
        grainOf(simd, slices, work),
      );
      simd.parallel('batchNormMoments', [sums, mean + at, variance + at, rows, width, slices], width, width);
      simd.release(sums, bytes);
      const parameters = [
        from + at,
        y + at,
        mean + at,
        variance + at,
        scale && scale + at,
        shift && shift + at,
      ];
      simd.parallel('batchNormApply', [...parameters, n, width, epsilon], rows, grainOf(simd, rows, width));
    });
    return outputs;
  },
};

/** inputs { dy, x, gamma?, mean, variance }, attrs { epsilon }: outputs [dx, dgamma, dbeta]. */
const batchNormTrainGrad: KernelConfig = {
  kernelName: 'BatchNormTrainGrad',
  backendName: 'simd',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const simd = backend as SimdBackend;
    const { dy, x, gamma, mean, variance } = inputs as Record<string, TensorInfo>;
    const { epsilon = 1e-5 } = (attrs ?? {}) as Epsilon;
    const { rows, n } = rowsOf(x!);
    const [g, from] = floats(simd, 'BatchNormTrainGrad', { dy: dy!, x: x! }, x!.shape) as [number, number];
    const moments = { mean: mean!, variance: variance! };
    const [m, v] = floats(simd, 'BatchNormTrainGrad', moments, [n]) as [number, number];
    const scale = optional(simd, 'BatchNormTrainGrad', { gamma }, n);
    const outputs = [simd.output(x!.shape), simd.output([n]), simd.output([n])];
    const [dx, dgamma, dbeta] = outputs.map((out) => simd.pointer(out)) as [number, number, number];
    forEachStrip(n, (at, width) => {
      const { slices, per } = slicesOf(rows, width);
      const bytes = 16 * width * slices;
      const sums = simd.temporary(bytes);
      const grain = grainOf(simd, slices, 2 * per * width);
      simd.parallel(
        'batchNormGradSums',
        [g + at, from + at, m + at, sums, rows, n, width, per],
        slices,
        grain,
      );
      const toParameters = [sums, v + at, dgamma + at, dbeta + at, width, slices, epsilon];
      simd.parallel('batchNormGradParameters', toParameters, width, width);
      simd.release(sums, bytes);
      const pointers = [g, from, dx, m, v].map((pointer) => pointer + at);
      const parameters = [...pointers, scale && scale + at, dgamma + at, dbeta + at, rows, n, width, epsilon];
      simd.parallel('batchNormGradInput', parameters, rows, grainOf(simd, rows, 2 * width));
    });
    return outputs;
  },
};

function optional(
  simd: SimdBackend,
  kernelName: string,
  inputs: Record<string, TensorInfo | undefined>,
  n: number,
): number {
  const [info] = Object.values(inputs);
  return info ? floats(simd, kernelName, inputs as Record<string, TensorInfo>, [n])[0]! : 0;
}

/** inputs { x, gamma, beta }, attrs { epsilon }: outputs [y, mean, rstd], moments along the last axis. */
const layerNorm: KernelConfig = {
  kernelName: 'LayerNorm',
  backendName: 'simd',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const simd = backend as SimdBackend;
    const { x, gamma, beta } = inputs as Record<string, TensorInfo>;
    const { epsilon = 1e-5 } = (attrs ?? {}) as Epsilon;
    const { rows, n } = rowsOf(x!);
    const pointers = floats(simd, 'LayerNorm', { x: x! });
    pointers.push(...floats(simd, 'LayerNorm', { gamma: gamma!, beta: beta! }, [n]));
    const moment = [...x!.shape.slice(0, -1), 1];
    const outputs = [simd.output(x!.shape), simd.output(moment), simd.output(moment)];
    const to = outputs.map((out) => simd.pointer(out));
    simd.parallel('layerNorm', [...pointers, ...to, n, epsilon], rows, grainOf(simd, rows, 2 * n));
    return outputs;
  },
};

/** inputs { dy, x, gamma, mean, rstd }: outputs [dx, dgamma, dbeta]. */
const layerNormGrad: KernelConfig = {
  kernelName: 'LayerNormGrad',
  backendName: 'simd',
  kernelFunc: ({ inputs, backend }) => {
    const simd = backend as SimdBackend;
    const { dy, x, gamma, mean, rstd } = inputs as Record<string, TensorInfo>;
    const { rows, n } = rowsOf(x!);
    const pointers = floats(simd, 'LayerNormGrad', { dy: dy!, x: x! }, x!.shape);
    pointers.push(...floats(simd, 'LayerNormGrad', { mean: mean!, rstd: rstd! }));
    pointers.push(...floats(simd, 'LayerNormGrad', { gamma: gamma! }, [n]));
    const outputs = [simd.output(x!.shape), simd.output([n]), simd.output([n])];
    const [dx, dgamma, dbeta] = outputs.map((out) => simd.pointer(out)) as [number, number, number];
    const slices = Math.max(1, Math.ceil(rows / LAYER_NORM_ROWS));
    const bytes = 4 * slices * n;
    const partGamma = simd.temporary(bytes);
    const partBeta = simd.temporary(bytes);
    const parameters = [...pointers, dx, partGamma, partBeta, rows, n, LAYER_NORM_ROWS];
    simd.parallel('layerNormGrad', parameters, slices, grainOf(simd, slices, 4 * LAYER_NORM_ROWS * n));
    reduceMiddle(simd, 'sum', partGamma, dgamma, 1, slices, n, 1);
    reduceMiddle(simd, 'sum', partBeta, dbeta, 1, slices, n, 1);
    simd.release(partBeta, bytes);
    simd.release(partGamma, bytes);
    return outputs;
  },
};

interface FusedBatchNormInputs {
  x: TensorInfo;
  mean: TensorInfo;
  variance: TensorInfo;
  scale?: TensorInfo;
  offset?: TensorInfo;
}

/** (x − mean)·scale/√(variance + ε) + offset with given moments. */
const fusedBatchNorm: KernelConfig = {
  kernelName: tf.FusedBatchNorm,
  backendName: 'simd',
  kernelFunc: (call) => {
    const { x, scale, offset, mean, variance } = call.inputs as unknown as FusedBatchNormInputs;
    const { varianceEpsilon } = call.attrs as unknown as tf.FusedBatchNormAttrs;
    const n = x.shape.at(-1) ?? 0;
    const given = [mean, variance, scale, offset].filter((info): info is TensorInfo => info != null);
    const fits = given.every(
      ({ shape, dtype }) => shape.length === 1 && shape[0] === n && dtype === 'float32',
    );
    if (x.dtype !== 'float32' || !fits || tf.util.sizeFromShape(x.shape) === 0) {
      return fallback(tf.FusedBatchNorm)(call);
    }
    const simd = call.backend as SimdBackend;
    const { rows } = rowsOf(x);
    const from = simd.pointer(x);
    const [m, v] = [simd.pointer(mean), simd.pointer(variance)];
    const s = scale ? simd.pointer(scale) : 0;
    const o = offset ? simd.pointer(offset) : 0;
    const out = simd.output(x.shape);
    const y = simd.pointer(out);
    forEachStrip(n, (at, width) => {
      const parameters = [from + at, y + at, m + at, v + at, s && s + at, o && o + at, n, width];
      simd.parallel(
        'batchNormApply',
        [...parameters, varianceEpsilon ?? 1e-3],
        rows,
        grainOf(simd, rows, width),
      );
    });
    return out;
  },
};

/** Batch and layer normalisation. */
export const normalizationKernels: KernelConfig[] = [
  batchNormTrain,
  batchNormTrainGrad,
  fusedBatchNorm,
  layerNorm,
  layerNormGrad,
];
