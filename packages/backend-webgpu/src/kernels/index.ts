import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { keepOriginal } from '../fallback';
import { activationKernels } from './activations';
import { addN } from './add-n';
import { allFinite } from './all-finite';
import { attentionKernels } from './attention';
import { cast } from './cast';
import { convolutionKernels } from './convolution';
import { cumulativeKernels } from './cumulative';
import { dropout } from './dropout';
import { elementwiseFusionKernels } from './elementwise-fusion';
import { reductionKernels } from './empty-reduction';
import { manyAxesKernels } from './many-axes';
import { matMulKernels } from './mat-mul';
import { maxPool } from './max-pool';
import { maxPoolGrad } from './max-pool-grad';
import { newtonSchulzKernels } from './newton-schulz';
import { normalizationKernels } from './normalization';
import { optimizerKernels } from './optimizers';
import { prelu } from './prelu';
import { prod } from './prod';
import { recurrentKernels } from './recurrent';
import { relu } from './relu';
import { relu6 } from './relu6';
import { select } from './select';
import { selectList } from './select-list';
import { softmaxKernels } from './softmax';
import { sum } from './sum';
import { tile } from './tile';

// A kernel that fails leaves no tensor.
const guarded = (configs: readonly tf.KernelConfig[]): tf.KernelConfig[] =>
  configs.map((config) => ({
    ...config,
    kernelFunc: (call) => (call.backend as WebgpuBackend).guard(() => config.kernelFunc(call)),
  }));

/** Kernels of tfjs with what they lack. */
const completedKernels = guarded([...manyAxesKernels, prod, ...reductionKernels]);

/** All kernels in this package's WGSL; they replace tfjs's kernels of the same names. */
export const kernels: tf.KernelConfig[] = guarded([
  ...activationKernels,
  addN,
  allFinite,
  ...attentionKernels,
  cast,
  ...convolutionKernels,
  ...cumulativeKernels,
  dropout,
  ...elementwiseFusionKernels,
  ...matMulKernels,
  maxPool,
  maxPoolGrad,
  ...newtonSchulzKernels,
  ...normalizationKernels,
  ...optimizerKernels,
  prelu,
  ...recurrentKernels,
  relu,
  relu6,
  select,
  selectList,
  ...softmaxKernels,
  sum,
  tile,
] as tf.KernelConfig[]);

/** Registers the kernels; a second call does nothing. */
export function registerKernels(): void {
  for (const kernel of [...kernels, ...completedKernels]) {
    const { kernelName, backendName } = kernel;
    const present = tf.getKernel(kernelName, backendName);
    if (present?.kernelFunc === kernel.kernelFunc) continue;
    if (present) {
      keepOriginal(kernelName);
      tf.unregisterKernel(kernelName, backendName);
    }
    tf.registerKernel(kernel);
  }
}
