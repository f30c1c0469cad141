import type { KernelConfig } from '@tensorflow/tfjs-core';
import { activationKernels } from './activation';
import { attentionKernels } from './attention';
import { batchMatMul } from './batch-mat-mul';
import { binaryKernels } from './binary';
import { cast } from './cast';
import { comparisonKernels, select } from './compare';
import { convolutionKernels } from './convolution';
import { dropout } from './dropout';
import { fill } from './fill';
import { fusedMatMul } from './fused-mat-mul';
import { indexingKernels } from './indexing';
import { newtonSchulz, newtonSchulzList } from './newton-schulz';
import { normalizationKernels } from './normalization';
import { optimizerKernels } from './optimizers';
import { poolingKernels } from './pooling';
import { pow } from './pow';
import { recurrentKernels } from './recurrent';
import { reductionKernels } from './reduce';
import { resizeNearestNeighborGrad } from './resize-nearest-neighbor-grad';
import { shapeKernels } from './shape';
import { softmaxKernels } from './softmax';
import { transpose } from './transpose';
import { unaryKernels } from './unary';

/** The kernels that run in wasm. All others are tfjs's CPU kernels. */
export const kernels: KernelConfig[] = [
  ...comparisonKernels,
  select,
  pow,
  resizeNearestNeighborGrad,
  transpose,
  ...softmaxKernels,
  ...shapeKernels,
  ...normalizationKernels,
  ...indexingKernels,
  newtonSchulz,
  newtonSchulzList,
  ...optimizerKernels,
  ...attentionKernels,
  ...activationKernels,
  ...binaryKernels,
  ...convolutionKernels,
  ...poolingKernels,
  ...recurrentKernels,
  ...reductionKernels,
  ...unaryKernels,
  batchMatMul,
  cast,
  dropout,
  fill,
  fusedMatMul,
];
