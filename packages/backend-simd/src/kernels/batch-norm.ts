import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { activationCode } from '../activation';
import type { SimdBackend } from '../backend';
import { fallback } from '../fallback';
import { floats } from './floats';
import { grainOf } from './grain';
import { rowsOf } from './softmax';

interface Attributes {
  epsilon?: number;
  activation?: string;
}

/** Channels whose sums, scale and shift fit into the scratch buffer of a thread. */
const STRIP = 8192;
const SLICE_ELEMENTS = 32768;
const MOST_SLICES = 64;
/** Operations of an element that takes an exponential. */
const COSTLY = 10;

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

/**
 * inputs { x, gamma?, beta? }, attrs { epsilon }: outputs [y, mean, variance], moments over all axes but the last. With
 * an activation, attrs { epsilon, activation }, y is its value.
 */
function batchNormTrain(kernelName: string, activated: boolean): KernelConfig {
  return {
    kernelName,
    backendName: 'simd',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const simd = backend as SimdBackend;
      const { x, gamma, beta } = inputs as { x: TensorInfo; gamma?: TensorInfo; beta?: TensorInfo };
      const { epsilon = 1e-5, activation } = (attrs ?? {}) as Attributes;
      const code = activated ? activationCode(kernelName, activation) : 0;
      const { rows, n } = rowsOf(x);
      const [from] = floats(simd, kernelName, { x }) as [number];
      const scale = optional(simd, kernelName, { gamma }, n);
      const shift = optional(simd, kernelName, { beta }, n);
      const outputs = [simd.output(x.shape), simd.output([n]), simd.output([n])];
      const [y, mean, variance] = outputs.map((out) => simd.pointer(out)) as [number, number, number];
      forEachStrip(n, (at, width) => {
        const { slices, per } = slicesOf(rows, width);
        const bytes = 16 * width * slices;
        const sums = simd.temporary(bytes);
        const moments = [mean + at, variance + at];
        const grain = grainOf(simd, slices, 2 * per * width);
        simd.parallel('batchNormSums', [from + at, sums, rows, n, width, per], slices, grain);
        simd.parallel('batchNormMoments', [sums, ...moments, rows, width, slices], width, width);
        simd.release(sums, bytes);
        const pointers = [from + at, y + at, ...moments, scale && scale + at, shift && shift + at];
        const work = width * (activated ? COSTLY : 1);
        simd.parallel(
          'batchNormApply',
          [...pointers, n, width, epsilon, code],
          rows,
          grainOf(simd, rows, work),
        );
      });
      return outputs;
    },
  };
}

/**
 * inputs { dy, x, gamma?, mean, variance }, attrs { epsilon }: outputs [dx, dgamma, dbeta]. With an activation inputs have
 * beta? too, attrs { epsilon, activation }, and dy is the gradient of its value.
 */
function batchNormTrainGrad(kernelName: string, activated: boolean): KernelConfig {
  return {
    kernelName,
    backendName: 'simd',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const simd = backend as SimdBackend;
      const { dy, x, gamma, beta, mean, variance } = inputs as Record<string, TensorInfo>;
      const { epsilon = 1e-5, activation } = (attrs ?? {}) as Attributes;
      const code = activated ? activationCode(kernelName, activation) : 0;
      const { rows, n } = rowsOf(x!);
      const [g, from] = floats(simd, kernelName, { dy: dy!, x: x! }, x!.shape) as [number, number];
      const given = { mean: mean!, variance: variance! };
      const [m, v] = floats(simd, kernelName, given, [n]) as [number, number];
      const scale = optional(simd, kernelName, { gamma }, n);
      const shift = activated ? optional(simd, kernelName, { beta }, n) : 0;
      const outputs = [simd.output(x!.shape), simd.output([n]), simd.output([n])];
      const [dx, dgamma, dbeta] = outputs.map((out) => simd.pointer(out)) as [number, number, number];
      forEachStrip(n, (at, width) => {
        const { slices, per } = slicesOf(rows, width);
        const bytes = 16 * width * slices;
        const sums = simd.temporary(bytes);
        const sizes = [rows, n, width, per];
        if (activated) {
          const affine = [m + at, v + at, scale && scale + at, shift && shift + at];
          const pointers = [g + at, from + at, dx + at, ...affine, sums];
          const grain = grainOf(simd, slices, COSTLY * per * width);
          simd.parallel('batchNormActivationGradSums', [...pointers, ...sizes, epsilon, code], slices, grain);
        } else {
          const grain = grainOf(simd, slices, 2 * per * width);
          simd.parallel('batchNormGradSums', [g + at, from + at, m + at, sums, ...sizes], slices, grain);
        }
        const toParameters = [sums, v + at, dgamma + at, dbeta + at, width, slices, epsilon];
        simd.parallel('batchNormGradParameters', toParameters, width, width);
        simd.release(sums, bytes);
        // Behind an activation the gradient of its argument lies in dx by now.
        const pointers = [activated ? dx : g, from, dx, m, v].map((pointer) => pointer + at);
        const parameters = [...pointers, scale && scale + at, dgamma + at, dbeta + at];
        simd.parallel(
          'batchNormGradInput',
          [...parameters, rows, n, width, epsilon],
          rows,
          grainOf(simd, rows, 2 * width),
        );
      });
      return outputs;
    },
  };
}

function optional(
  simd: SimdBackend,
  kernelName: string,
  inputs: Record<string, TensorInfo | undefined>,
  n: number,
): number {
  const [info] = Object.values(inputs);
  return info ? floats(simd, kernelName, inputs as Record<string, TensorInfo>, [n])[0]! : 0;
}

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
        [...parameters, varianceEpsilon ?? 1e-3, 0],
        rows,
        grainOf(simd, rows, width),
      );
    });
    return out;
  },
};

/** Batch normalisation: in training, with the activation that follows, and with given moments. */
export const batchNormKernels: KernelConfig[] = [
  batchNormTrain('BatchNormTrain', false),
  batchNormTrainGrad('BatchNormTrainGrad', false),
  batchNormTrain('BatchNormActivation', true),
  batchNormTrainGrad('BatchNormActivationGrad', true),
  fusedBatchNorm,
];
