import type { KernelRow } from './row';
import { activation } from './rows/activation';
import { adamW } from './rows/adam-w';
import { batchNormActivation, batchNormTrain } from './rows/batch-norm';
import { layerNorm } from './rows/layer-norm';
import { sgd } from './rows/sgd';

/** Every kernel of the contract whose cases are here, in the order of the tables. */
export const kernelRows: readonly KernelRow[] = [
  activation,
  batchNormTrain,
  batchNormActivation,
  layerNorm,
  adamW,
  sgd,
];
