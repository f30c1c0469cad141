/** A GPU by its data sheet, and what of it programs like these are known to reach. */
export interface Gpu {
  name: string;
  /** Float32, peak, in TFLOP/s. */
  teraflops: number;
  /** Memory bandwidth in GB/s. */
  bandwidth: number;
  /** Part of the peak that tiled float32 matrix products reach in WGSL. */
  productEfficiency: number;
  /** Part of the bandwidth that elementwise kernels reach. */
  memoryEfficiency: number;
  /** Time that a dispatch costs the host and the GPU's front end when it does nothing, in microseconds. */
  dispatchMicroseconds: number;
}

/**
 * Peaks are the makers' figures. Efficiencies and the cost of a dispatch are taken from published measurements of WebGPU
 * programs (products: 33 to 72 % of an M2, 40 to 60 % of an Iris Xe), for the H100, of which none were found, assumed.
 */
export const gpus: Gpu[] = [
  {
    name: 'Intel Iris Xe, 96 EU (laptop)',
    teraflops: 2.07,
    bandwidth: 68,
    productEfficiency: 0.45,
    memoryEfficiency: 0.75,
    dispatchMicroseconds: 30,
  },
  {
    name: 'Apple M2, 10 cores',
    teraflops: 3.6,
    bandwidth: 100,
    productEfficiency: 0.5,
    memoryEfficiency: 0.8,
    dispatchMicroseconds: 40,
  },
  {
    name: 'NVIDIA H100 SXM',
    teraflops: 67,
    bandwidth: 3350,
    productEfficiency: 0.35,
    memoryEfficiency: 0.75,
    dispatchMicroseconds: 30,
  },
];

/** What a kernel of a training step does in all its dispatches together. */
export interface KernelWork {
  name: string;
  dispatches: number;
  flops: number;
  bytes: number;
}

export interface Prediction {
  /** The bound: every kernel at the peak of arithmetic or bandwidth, whichever takes longer, in milliseconds. */
  bound: number;
  /** The same with the efficiencies, or the cost of the dispatches where that is more, in milliseconds. */
  step: number;
}

/** How long a step of these kernels takes on a GPU. The host encodes while the GPU computes: the slower of both counts. */
export function predict(gpu: Gpu, kernels: KernelWork[]): Prediction {
  const milliseconds = (part: 'bound' | 'expected') =>
    kernels.reduce((sum, { flops, bytes }) => {
      const [products, memory] = part === 'bound' ? [1, 1] : [gpu.productEfficiency, gpu.memoryEfficiency];
      const arithmetic = flops / (gpu.teraflops * 1e9 * products);
      const movement = bytes / (gpu.bandwidth * 1e6 * memory);
      return sum + Math.max(arithmetic, movement);
    }, 0);
  const dispatches = kernels.reduce((sum, { dispatches }) => sum + dispatches, 0);
  return {
    bound: milliseconds('bound'),
    step: Math.max(milliseconds('expected'), (dispatches * gpu.dispatchMicroseconds) / 1000),
  };
}
