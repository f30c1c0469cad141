import type { KernelConfig } from '@tensorflow/tfjs-core';
import { batchMatMul } from './batch-mat-mul';
import { fill } from './fill';
import { fusedMatMul } from './fused-mat-mul';

/** The kernels that run in wasm; every other one is tfjs's CPU kernel. */
export const kernels: KernelConfig[] = [batchMatMul, fill, fusedMatMul];
