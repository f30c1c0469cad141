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

/** All kernels of this package; they replace tfjs's kernels of the same names. A kernel that fails leaves no tensor. */
export const kernels: tf.KernelConfig[] = (
  [
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
    prod,
    ...recurrentKernels,
    relu,
    relu6,
    select,
    selectList,
    ...softmaxKernels,
    sum,
    tile,
  ] as tf.KernelConfig[]
).map((config) => ({
  ...config,
  kernelFunc: (call) => (call.backend as WebgpuBackend).guard(() => config.kernelFunc(call)),
}));

/** Registers the kernels; a second call does nothing. */
export function registerKernels(): void {
  for (const kernel of kernels) {
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
