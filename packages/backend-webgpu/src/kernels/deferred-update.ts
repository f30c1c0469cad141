import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { DeferredMultiTensorStep } from './deferred-multi-tensor-step';
import { DeferredStep } from './deferred-step';
import type { DeferredUpdate } from './step-rule';

/** The step of an optimizer that a tensor waits for, if it does. */
export function deferredUpdate(backend: WebgpuBackend, info: TensorInfo): DeferredUpdate | undefined {
  const source = backend.deferrals.of(info)?.source;
  const isStep = source instanceof DeferredStep || source instanceof DeferredMultiTensorStep;
  return isStep ? source : undefined;
}
