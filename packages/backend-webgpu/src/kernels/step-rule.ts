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

/** The inputs of a step for one parameter: tensors of one size, and its own numbers. */
export interface StepInput {
  gradient: TensorInfo;
  parameter: TensorInfo;
  slots: TensorInfo[];
  own: number[];
}

/** The name of a slot after the step: `newMean` for `mean`. */
export const renewed = (slot: string): string => `new${slot[0]!.toUpperCase()}${slot.slice(1)}`;

/** A deferred step whose update is expected to be added to the parameter. */
export interface DeferredUpdate {
  /** parameter + update, if this is the step's update for this parameter and the step can compute it; otherwise undefined. */
  addTo(parameter: TensorInfo, update: TensorInfo): TensorInfo | undefined;
  /**
   * Adds a condition, bool [], to the step: when it is false, nothing changes.
   *
   * @param others the value of every deferred output when the condition is false
   * @returns whether these are the unchanged parameter and slots; if not, the step is not modified
   */
  onlyIf(condition: TensorInfo, others: ReadonlyMap<object, TensorInfo>): boolean;
}

/** The result, or the previous value when the condition of a step, `taken` in WGSL, is false. */
export const ifTaken = (isConditional: boolean, before: string, result: string): string =>
  isConditional ? `select(${before}, ${result}, taken)` : result;

/** The uniform of an update that changes nothing: x + (−0) is x, while −0 + 0 is 0. Compilers drop the sign of a literal. */
export const noUpdate = { noUpdate: f32(-0) };
/** WGSL of that update. */
export const NO_UPDATE = 'T(uniforms.noUpdate)';

/** Whether these values are those of {@link NO_UPDATE}. */
export const isNoUpdate = (backend: WebgpuBackend, { dataId, shape }: TensorInfo): boolean =>
  util.sizeFromShape(shape) === 1 && Object.is(backend.tensorMap.get(dataId).values?.[0], -0);
