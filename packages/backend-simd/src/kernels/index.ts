import type { KernelConfig } from '@tensorflow/tfjs-core';
import { fill } from './fill';

/** The kernels that run in wasm; every other one is tfjs's CPU kernel. */
export const kernels: KernelConfig[] = [fill];
