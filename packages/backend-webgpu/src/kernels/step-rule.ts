import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { f32, type Uniform } from '../program';

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
  /**
   * Takes a condition, bool [], into the step: where it is false nothing changes.
   *
   * @param others what every output that waits is to be where the condition is false
   * @returns whether that is the parameter and the slots as they were; if not, the step stays as it is
   */
  onlyIf(condition: TensorInfo, others: ReadonlyMap<object, TensorInfo>): boolean;
}

/** The result, or what takes its place where the condition of a step, `taken` in WGSL, is false. */
export const ifTaken = (isConditional: boolean, before: string, result: string): string =>
  isConditional ? `select(${before}, ${result}, taken)` : result;

/** What an update that changes nothing reads: x + (−0) is x, where −0 + 0 would be 0. Compilers drop the sign of a literal. */
export const noUpdate = { noUpdate: f32(-0) };
/** WGSL of that update. */
export const NO_UPDATE = 'T(uniforms.noUpdate)';

/** Whether these values are those of {@link NO_UPDATE}. */
export const isNoUpdate = (backend: WebgpuBackend, { dataId, shape }: TensorInfo): boolean =>
  util.sizeFromShape(shape) === 1 && Object.is(backend.tensorMap.get(dataId).values?.[0], -0);
