import type { Kernels } from '@tenfold/kernels';
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { functionCode, fusedNames, parseFunction } from '../activation-functions';
import type { SimdBackend } from '../backend';
import { fallback } from '../fallback';
import { advance, NULL } from '../pointer';
import { countRows } from './count-rows';
import { floats, optionalFloats } from './floats';
import { chooseGrain } from './grain';

type Attributes = Partial<Kernels['BatchNormActivation']['attributes']>;

/** The number of channels whose sums, scale and shift fit in the scratch buffer of a thread. */
const STRIP = 8192;
const SLICE_ELEMENTS = 32768;
const MOST_SLICES = 64;
/** The cost of an element with an exponential. */
const COSTLY = 10;

// Processes the channels in strips, given by their offset in bytes and their width.
function forEachStrip(channels: number, run: (offset: number, width: number) => void): void {
  for (let c = 0; c < channels; c += STRIP) run(4 * c, Math.min(STRIP, channels - c));
}

// Depends only on the shape, so that the result does not depend on the number of threads.
function divideRows(rows: number, width: number): { slices: number; per: number } {
  const desired = Math.max(1, Math.min(MOST_SLICES, rows, Math.floor((rows * width) / SLICE_ELEMENTS)));
  const per = Math.max(1, Math.ceil(rows / desired));
  return { slices: Math.max(1, Math.ceil(rows / per)), per };
}

/**
 * inputs { x, gamma?, beta? }, attrs { epsilon }: outputs [y, mean, variance], with moments over all axes but the last. With an
 * activation function, attrs are { epsilon, function } and the first output is f(y).
 */
function batchNormTrain(kernelName: string, activated: boolean): KernelConfig {
  return {
    ...(activated && { functions: fusedNames }),
    kernelName,
    backendName: 'simd',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const simd = backend as SimdBackend;
      const { x, gamma, beta } = inputs as { x: TensorInfo; gamma?: TensorInfo; beta?: TensorInfo };
      const { epsilon = 1e-5, function: name } = (attrs ?? {}) as Attributes;
      const code = activated ? functionCode(parseFunction(kernelName, name, fusedNames)) : 0;
      const { rows, n } = countRows(x);
      const from = floats(simd, kernelName, { x });
      const scale = optionalFloats(simd, kernelName, 'gamma', gamma, [n]);
      const shift = optionalFloats(simd, kernelName, 'beta', beta, [n]);
      const [y, mean, variance] = [simd.output(x.shape), simd.output([n]), simd.output([n])];
      const [yAt, meanAt, varianceAt] = [simd.pointer(y), simd.pointer(mean), simd.pointer(variance)];
      forEachStrip(n, (at, width) => {
        const { slices, per } = divideRows(rows, width);
        const bytes = 16 * width * slices;
        const sums = simd.temporary(bytes);
        const [source, m, v] = [advance(from.x, at), advance(meanAt, at), advance(varianceAt, at)] as const;
        const grain = chooseGrain(simd, slices, 2 * per * width);
        simd.parallel('batchNormSums', [source, sums, rows, n, width, per], slices, grain);
        simd.parallel('batchNormMoments', [sums, m, v, rows, width, slices], width, width);
        simd.release(sums, bytes);
        const affine = [m, v, advance(scale, at), advance(shift, at)] as const;
        const work = width * (activated ? COSTLY : 1);
        simd.parallel(
          'batchNormApply',
          [source, advance(yAt, at), ...affine, n, width, epsilon, code],
          rows,
          chooseGrain(simd, rows, work),
        );
      });
      return [y, mean, variance];
    },
  };
}

/**
 * inputs { dy, x, gamma?, mean, variance }, attrs { epsilon }: outputs [dx, dgamma, dbeta]. With an activation function, the inputs
 * include beta?, attrs are { epsilon, function }, and dy is the gradient of f(y).
 */
function batchNormTrainGrad(kernelName: string, activated: boolean): KernelConfig {
  return {
    ...(activated && { functions: fusedNames }),
    kernelName,
    backendName: 'simd',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const simd = backend as SimdBackend;
      const { dy, x, gamma, beta, mean, variance } = inputs as Record<string, TensorInfo>;
      const { epsilon = 1e-5, function: name } = (attrs ?? {}) as Attributes;
      const code = activated ? functionCode(parseFunction(kernelName, name, fusedNames)) : 0;
      const { rows, n } = countRows(x!);
      const from = {
        ...floats(simd, kernelName, { dy: dy!, x: x! }, x!.shape),
        ...floats(simd, kernelName, { mean: mean!, variance: variance! }, [n]),
        gamma: optionalFloats(simd, kernelName, 'gamma', gamma, [n]),
        beta: optionalFloats(simd, kernelName, 'beta', activated ? beta : undefined, [n]),
      };
      if (rows === 0) {
        // The sums of nothing are 0, although the moments are NaN.
        const zeros = () => simd.makeTensorInfo([n], 'float32', new Float32Array(n));
        return [simd.output(x!.shape), zeros(), zeros()];
      }
      const [dx, dgamma, dbeta] = [simd.output(x!.shape), simd.output([n]), simd.output([n])];
      const to = { dx: simd.pointer(dx), dgamma: simd.pointer(dgamma), dbeta: simd.pointer(dbeta) };
      forEachStrip(n, (at, width) => {
        const { slices, per } = divideRows(rows, width);
        const bytes = 16 * width * slices;
        const sums = simd.temporary(bytes);
        const sizes = [rows, n, width, per] as const;
        const [g, source, out] = [advance(from.dy, at), advance(from.x, at), advance(to.dx, at)] as const;
        const [m, v] = [advance(from.mean, at), advance(from.variance, at)] as const;
        const scale = advance(from.gamma, at);
        const parameters = [advance(to.dgamma, at), advance(to.dbeta, at)] as const;
        if (activated) {
          simd.parallel(
            'batchNormActivationGradSums',
            [g, source, out, m, v, scale, advance(from.beta, at), sums, ...sizes, epsilon, code],
            slices,
            chooseGrain(simd, slices, COSTLY * per * width),
          );
        } else {
          const grain = chooseGrain(simd, slices, 2 * per * width);
          simd.parallel('batchNormGradSums', [g, source, m, sums, ...sizes], slices, grain);
        }
        simd.parallel(
          'batchNormGradParameters',
          [sums, v, ...parameters, width, slices, epsilon],
          width,
          width,
        );
        simd.release(sums, bytes);
        // With an activation, dx contains the gradient of its argument at this point.
        simd.parallel(
          'batchNormGradInput',
          [activated ? out : g, source, out, m, v, scale, ...parameters, rows, n, width, epsilon],
          rows,
          chooseGrain(simd, rows, 2 * width),
        );
      });
      return [dx, dgamma, dbeta];
    },
  };
}

interface FusedBatchNormInputs {
  x: TensorInfo;
  mean: TensorInfo;
  variance: TensorInfo;
  scale?: TensorInfo;
  offset?: TensorInfo;
}

/** (x − mean)·scale/√(variance + ε) + offset, with given moments. */
const fusedBatchNorm: KernelConfig = {
  kernelName: tf.FusedBatchNorm,
  backendName: 'simd',
  kernelFunc: (call) => {
    const { x, scale, offset, mean, variance } = call.inputs as unknown as FusedBatchNormInputs;
    const { varianceEpsilon } = call.attrs as unknown as tf.FusedBatchNormAttrs;
    const n = x.shape.at(-1) ?? 0;
    const moments = [mean, variance, scale, offset].filter((info): info is TensorInfo => info != null);
    const fits = moments.every(
      ({ shape, dtype }) => shape.length === 1 && shape[0] === n && dtype === 'float32',
    );
    if (x.dtype !== 'float32' || !fits || tf.util.sizeFromShape(x.shape) === 0) {
      return fallback(tf.FusedBatchNorm)(call);
    }
    const simd = call.backend as SimdBackend;
    const { rows } = countRows(x);
    const from = simd.pointer(x);
    const [m, v] = [simd.pointer(mean), simd.pointer(variance)];
    const s = scale ? simd.pointer(scale) : NULL;
    const o = offset ? simd.pointer(offset) : NULL;
    const out = simd.output(x.shape);
    const y = simd.pointer(out);
    forEachStrip(n, (at, width) => {
      const affine = [advance(m, at), advance(v, at), advance(s, at), advance(o, at)] as const;
      simd.parallel(
        'batchNormApply',
        [advance(from, at), advance(y, at), ...affine, n, width, varianceEpsilon ?? 1e-3, 0],
        rows,
        chooseGrain(simd, rows, width),
      );
    });
    return out;
  },
};

/** Batch normalization in training, with an activation, and with given moments. */
export const batchNormKernels: KernelConfig[] = [
  batchNormTrain('BatchNormTrain', false),
  batchNormTrainGrad('BatchNormTrainGrad', false),
  batchNormTrain('BatchNormActivation', true),
  batchNormTrainGrad('BatchNormActivationGrad', true),
  fusedBatchNorm,
];
