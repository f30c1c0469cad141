import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Program } from './program';

/** What the concerns of which the backend is composed need of it: tfjs's backend, and how tensors and programs are made. */
export interface BackendCore extends WebGPUBackend {
  /** A new float32 tensor. */
  output(shape: number[]): TensorInfo;
  /** Runs a program on tensors. */
  run(program: Program): void;
  /** The tensor, or a new one of floats where its buffer has integers, which the caller disposes. */
  asFloats(info: TensorInfo): TensorInfo;
  /** The memory of a tensor, uploaded or computed if it is not there yet. */
  binding(info: TensorInfo): GPUBufferBinding;
}
