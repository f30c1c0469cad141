import type * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import type { Uniform } from '../program';
import { DeferredStep } from './deferred-step';
import { assertFloats } from './floats';
import { multiTensorStep } from './multi-tensor-step';
import type { StepRule } from './step-rule';

/** An optimizer's step, from which the kernels for one and for many parameters are generated. */
interface OptimizerDeclaration<Attributes> {
  /** The name of the kernel for one parameter, such as `AdamW`; the one for many is `AdamWList`. */
  kernelName: string;
  /** Names of the slots, in the order of inputs and outputs. */
  slots: string[];
  /** The numbers that the formula reads as `uniforms.NAME`, from the attributes. */
  uniforms: (attributes: Attributes) => Record<string, Uniform>;
  /** The numbers that are specific to a parameter, from the weight decay; none by default. */
  own?: (weightDecay: number, attributes: Attributes) => Record<string, number>;
  /**
   * Whether the formula reads the parameter only in products with its own numbers; then it is not read where they are 0.
   * False by default.
   */
  ownScalesParameter?: boolean;
  /**
   * WGSL that sets `update` and every slot's successor, `newMean` for `mean`, from the gradient `g`, the parameter `p`, the
   * slots and the own numbers.
   */
  formula: string;
}

/**
 * Both kernels of an optimizer.
 *
 * For one parameter: inputs { gradient, parameter, ...slots }, attributes with `weightDecay`, outputs [update, ...slots].
 * For many: a list of all gradients, then all parameters, then each slot of all; attributes with `weightDecays`, one for each
 * parameter; outputs all updates, then each slot of all.
 */
export function declareOptimizer<Attributes extends object>({
  kernelName,
  slots,
  uniforms,
  own = () => ({}),
  ownScalesParameter = false,
  formula,
}: OptimizerDeclaration<Attributes>): tf.KernelConfig[] {
  const ruleFor = (attributes: Attributes): StepRule => ({
    name: kernelName,
    uniforms: uniforms(attributes),
    slots,
    own: Object.keys(own(0, attributes)),
    ownScalesParameter,
    formula,
  });
  const single: tf.KernelConfig = {
    kernelName,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const attributes = attrs as unknown as Attributes & { weightDecay?: number };
      const { gradient, parameter } = inputs as Record<'gradient' | 'parameter', tf.TensorInfo>;
      const values = Object.fromEntries(slots.map((slot) => [slot, inputs[slot] as tf.TensorInfo]));
      assertFloats(kernelName, { gradient, parameter, ...values }, parameter.shape);
      const numbers = Object.values(own(attributes.weightDecay ?? 0, attributes));
      const input = { gradient, parameter, slots: Object.values(values), own: numbers };
      return new DeferredStep(backend as WebgpuBackend, ruleFor(attributes), input).outputs;
    },
  };
  const many: tf.KernelConfig = {
    kernelName: `${kernelName}List`,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const attributes = attrs as unknown as Attributes & { weightDecays?: readonly number[] };
      return multiTensorStep(
        backend as WebgpuBackend,
        `${kernelName}List`,
        Object.values(inputs) as tf.TensorInfo[],
        ruleFor(attributes),
        (k) => Object.values(own(attributes.weightDecays?.[k] ?? 0, attributes)),
      );
    },
  };
  return [single, many];
}
