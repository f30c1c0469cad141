import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { DeferredMultiTensorStep } from './deferred-multi-tensor-step';
import { DeferredStep } from './deferred-step';
import type { DeferredUpdate } from './step-rule';

/** The optimizer step of a deferred tensor; undefined for others. */
export function deferredUpdate(backend: WebgpuBackend, info: TensorInfo): DeferredUpdate | undefined {
  const source = backend.deferrals.of(info)?.source;
  const isStep = source instanceof DeferredStep || source instanceof DeferredMultiTensorStep;
  return isStep ? source : undefined;
}
