import {
  findBackendFactory,
  getKernelsForBackend,
  type KernelConfig,
  registerBackend,
  registerKernel,
} from '@tensorflow/tfjs-core';
import { SimdBackend } from './backend';
import { kernels } from './kernels';
import { isNode } from './platform';
import { promoting } from './promote';
import { startRuntime } from './runtime';
import { whyNoWebAssembly } from './variants';

const PRIORITY = 2; // above tfjs's cpu (1), below webgpu (3)

// A page may load the package twice, as ESM and as CommonJS; the registries are global, the first copy wins.
if (!findBackendFactory('simd')) {
  // tfjs's CPU kernels are there because ./backend imports their package. A separate import for its effects alone would
  // make bundlers for Node warn, since the package does not name its CommonJS file among those that have any.
  const own = new Set(kernels.map(({ kernelName }) => kernelName));
  for (const kernel of getKernelsForBackend('cpu')) {
    if (!own.has(kernel.kernelName)) registerKernel(guarded(promoting(kernel)));
  }
  for (const kernel of kernels) registerKernel(guarded(promoting(kernel)));
  // In Node the backend is there at once, as tfjs's cpu is; in a browser it is not before tf.setBackend or tf.ready resolves.
  // Without WebAssembly the factory throws at once, so that tfjs tries its next backend.
  const blocking = isNode || whyNoWebAssembly() !== undefined;
  const factory = blocking ? () => new SimdBackend() : async () => new SimdBackend(await startRuntime());
  registerBackend('simd', factory, PRIORITY);
}

function guarded(kernel: KernelConfig): KernelConfig {
  const { kernelFunc } = kernel;
  return {
    ...kernel,
    backendName: 'simd',
    kernelFunc: (call) => (call.backend as SimdBackend).guard(() => kernelFunc(call)),
  };
}
