import {
  findBackendFactory,
  getKernelsForBackend,
  type KernelConfig,
  registerBackend,
  registerKernel,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { assertShape } from './assert-shape';
import { SimdBackend } from './backend';
import { kernels } from './kernels';
import { isNode } from './platform';
import { promoting } from './promote';
import { startRuntime } from './runtime';
import { whyNoWebAssembly } from './variants';

const PRIORITY = 2; // above tfjs's cpu (1), below webgpu (3)

// A program may load the package twice, as ESM and as CommonJS. The registries are global, so the first copy wins.
if (!findBackendFactory('simd')) {
  // tfjs's CPU kernels are registered because ./backend imports their package. A separate import for side effects would make bundlers
  // for Node warn, because the package does not list its CommonJS file as having any.
  const wasmNames = new Set(kernels.map(({ kernelName }) => kernelName));
  for (const kernel of getKernelsForBackend('cpu')) {
    if (!wasmNames.has(kernel.kernelName)) registerKernel(guarded(promoting(kernel)));
  }
  for (const kernel of kernels) registerKernel(guarded(promoting(kernel)));
  // In Node the backend is available at once, like tfjs's cpu. In a browser it is available when tf.setBackend or tf.ready resolves.
  // Without WebAssembly the factory throws synchronously, so that tfjs tries its next backend.
  const blocking = isNode || whyNoWebAssembly() !== undefined;
  const factory = blocking ? () => new SimdBackend() : async () => new SimdBackend(await startRuntime());
  registerBackend('simd', factory, PRIORITY);
}

function guarded(kernel: KernelConfig): KernelConfig {
  const { kernelFunc } = kernel;
  return {
    ...kernel,
    backendName: 'simd',
    kernelFunc: (call) => {
      const backend = call.backend as SimdBackend;
      // `output` has checked those in wasm memory, but not those of tfjs's kernels.
      const check = (result: TensorInfo): TensorInfo => {
        assertShape(result.shape);
        return backend.settle(result);
      };
      return backend.guard(() => {
        const results = kernelFunc(call);
        return Array.isArray(results) ? results.map(check) : check(results);
      });
    },
  };
}
