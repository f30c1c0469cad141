// Made from the files of rows/ by write-tables.mjs; do not edit.
import type { KernelRow } from './row';
import { activation } from './rows/activation';
import { adamW } from './rows/adam-w';
import { allFinite } from './rows/all-finite';
import { attention } from './rows/attention';
import { batchNormActivation, batchNormTrain } from './rows/batch-norm';
import { binary, prelu } from './rows/binary';
import { conv2d, depthwiseConv2d, fusedConv2d, fusedDepthwiseConv2d } from './rows/convolution';
import { dropout } from './rows/dropout';
import { layerNorm } from './rows/layer-norm';
import { lion } from './rows/lion';
import { batchMatMul, fusedMatMul } from './rows/mat-mul';
import { pad, slice, transpose } from './rows/moving';
import { newtonSchulz } from './rows/newton-schulz';
import { avgPool, maxPool } from './rows/pooling';
import { gruCell, lstmCell } from './rows/recurrent';
import { all, any, argMax, argMin, max, mean, min, prod, sum } from './rows/reduction';
import { selectList } from './rows/select-list';
import { sgd } from './rows/sgd';
import { softmax, softmaxCrossEntropy } from './rows/softmax';
import { unary } from './rows/unary';

/** All tested kernels: the fused ones of the contract, and tfjs's kernels that are used in training. */
export const kernelRows: readonly KernelRow[] = [
  activation,
  adamW,
  allFinite,
  attention,
  batchNormTrain,
  batchNormActivation,
  binary,
  prelu,
  conv2d,
  depthwiseConv2d,
  fusedConv2d,
  fusedDepthwiseConv2d,
  dropout,
  layerNorm,
  lion,
  batchMatMul,
  fusedMatMul,
  transpose,
  slice,
  pad,
  newtonSchulz,
  maxPool,
  avgPool,
  lstmCell,
  gruCell,
  sum,
  mean,
  max,
  min,
  prod,
  all,
  any,
  argMax,
  argMin,
  selectList,
  sgd,
  softmax,
  softmaxCrossEntropy,
  unary,
].flat();
