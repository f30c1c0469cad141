import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Uniform } from '../program';

/** The step of an optimizer, as WGSL. */
export interface StepRule {
  name: string;
  uniforms: Record<string, Uniform>;
  /** Names of the slots: the formula sees `mean` and sets `newMean`. */
  slots: string[];
  /** Names of the numbers that differ from parameter to parameter. */
  own: string[];
  /** Whether the formula reads the parameter only in products with the own numbers, so not at all where they are 0. */
  ownScalesParameter: boolean;
  /** WGSL that sets `update` and the new slots from the gradient `g`, the parameter `p`, the slots and the own numbers. */
  formula: string;
}

/** What a step reads of one parameter: tensors of one size, and its own numbers. */
export interface StepInput {
  gradient: TensorInfo;
  parameter: TensorInfo;
  slots: TensorInfo[];
  own: number[];
}

/** The name of a slot after the step: `newMean` for `mean`. */
export const renewed = (slot: string): string => `new${slot[0]!.toUpperCase()}${slot.slice(1)}`;

/** A step that waits, in the hope that its update is added to the parameter. */
export interface DeferredUpdate {
  /** parameter + update, if this is the step's update for this parameter and can be had with the step; else nothing. */
  addTo(parameter: TensorInfo, update: TensorInfo): TensorInfo | undefined;
}
