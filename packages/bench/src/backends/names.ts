/** The backends, in order of preference. */
export const backendNames = ['node-gpu', 'node', 'webgpu', 'simd', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

/** A description of each backend. */
export const backendDescriptions: Record<BackendName, string> = {
  'node-gpu': 'TensorFlow on CUDA (@tensorflow/tfjs-node-gpu)',
  node: 'TensorFlow on the CPU (@tensorflow/tfjs-node)',
  webgpu: 'WebGPU through Dawn (webgpu, @tensorflow/tfjs-backend-webgpu, @tenfold/backend-webgpu)',
  simd: 'WebAssembly SIMD and threads (@tenfold/backend-simd)',
  cpu: 'plain JavaScript (@tensorflow/tfjs-backend-cpu)',
};
