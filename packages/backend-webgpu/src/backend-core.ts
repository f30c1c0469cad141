import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Program } from './program';

/** The interface that the backend's components use: tfjs's backend, and functions for tensors and programs. */
export interface BackendCore extends WebGPUBackend {
  /** A new float32 tensor. */
  output(shape: number[]): TensorInfo;
  /** Runs a program on tensors. */
  run(program: Program): void;
  /** The tensor, or, if its buffer has integers, a new float tensor, which the caller disposes. */
  asFloats(info: TensorInfo): TensorInfo;
  /** The memory of a tensor, uploaded or computed if necessary. */
  binding(info: TensorInfo): GPUBufferBinding;
}
