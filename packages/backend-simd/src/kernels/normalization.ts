import type { Kernels } from '@tenfold/kernels';
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { batchNormKernels } from './batch-norm';
import { countRows } from './count-rows';
import { floats } from './floats';
import { chooseGrain } from './grain';
import { reduceMiddle } from './reduce';

/** The number of rows whose gradients a slice of layer norm sums in float32. */
const LAYER_NORM_ROWS = 64;

/** inputs { x, gamma, beta }, attrs { epsilon }: outputs [y, mean, rstd], with moments along the last axis. */
const layerNorm: KernelConfig = {
  kernelName: 'LayerNorm',
  backendName: 'simd',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const simd = backend as SimdBackend;
    const { x, gamma, beta } = inputs as Record<string, TensorInfo>;
    const { epsilon = 1e-5 } = (attrs ?? {}) as Partial<Kernels['LayerNorm']['attributes']>;
    const { rows, n } = countRows(x!);
    const from = {
      ...floats(simd, 'LayerNorm', { x: x! }),
      ...floats(simd, 'LayerNorm', { gamma: gamma!, beta: beta! }, [n]),
    };
    const moment = [...x!.shape.slice(0, -1), 1];
    const [y, mean, rstd] = [simd.output(x!.shape), simd.output(moment), simd.output(moment)];
    const to = [simd.pointer(y), simd.pointer(mean), simd.pointer(rstd)] as const;
    simd.parallel(
      'layerNorm',
      [from.x, from.gamma, from.beta, ...to, n, epsilon],
      rows,
      chooseGrain(simd, rows, 2 * n),
    );
    return [y, mean, rstd];
  },
};

/** inputs { dy, x, gamma, mean, rstd }: outputs [dx, dgamma, dbeta]. */
const layerNormGrad: KernelConfig = {
  kernelName: 'LayerNormGrad',
  backendName: 'simd',
  kernelFunc: ({ inputs, backend }) => {
    const simd = backend as SimdBackend;
    const { dy, x, gamma, mean, rstd } = inputs as Record<string, TensorInfo>;
    const { rows, n } = countRows(x!);
    const from = {
      ...floats(simd, 'LayerNormGrad', { dy: dy!, x: x! }, x!.shape),
      ...floats(simd, 'LayerNormGrad', { mean: mean!, rstd: rstd! }),
      ...floats(simd, 'LayerNormGrad', { gamma: gamma! }, [n]),
    };
    const [dx, dgamma, dbeta] = [simd.output(x!.shape), simd.output([n]), simd.output([n])];
    const slices = Math.max(1, Math.ceil(rows / LAYER_NORM_ROWS));
    const bytes = 4 * slices * n;
    const partGamma = simd.temporary(bytes);
    const partBeta = simd.temporary(bytes);
    const pointers = [from.dy, from.x, from.mean, from.rstd, from.gamma] as const;
    simd.parallel(
      'layerNormGrad',
      [...pointers, simd.pointer(dx), partGamma, partBeta, rows, n, LAYER_NORM_ROWS],
      slices,
      chooseGrain(simd, slices, 4 * LAYER_NORM_ROWS * n),
    );
    reduceMiddle(simd, 'sum', partGamma, simd.pointer(dgamma), 1, slices, n, 1);
    reduceMiddle(simd, 'sum', partBeta, simd.pointer(dbeta), 1, slices, n, 1);
    simd.release(partBeta, bytes);
    simd.release(partGamma, bytes);
    return [dx, dgamma, dbeta];
  },
};

/** Batch and layer normalization. */
export const normalizationKernels: KernelConfig[] = [...batchNormKernels, layerNorm, layerNormGrad];
