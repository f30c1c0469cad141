// Made from the files of rows/ by write-tables.mjs; do not edit.
import type { KernelRow } from './row';
import { activation } from './rows/activation';
import { adamW } from './rows/adam-w';
import { attention } from './rows/attention';
import { batchNormActivation, batchNormTrain } from './rows/batch-norm';
import { dropout } from './rows/dropout';
import { layerNorm } from './rows/layer-norm';
import { newtonSchulz } from './rows/newton-schulz';
import { gruCell, lstmCell } from './rows/recurrent';
import { sgd } from './rows/sgd';
import { softmax, softmaxCrossEntropy } from './rows/softmax';

/** Every fused kernel of the contract, in the order of the tables. */
export const kernelRows: readonly KernelRow[] = [
  activation,
  adamW,
  attention,
  batchNormTrain,
  batchNormActivation,
  dropout,
  layerNorm,
  newtonSchulz,
  lstmCell,
  gruCell,
  sgd,
  softmax,
  softmaxCrossEntropy,
];
