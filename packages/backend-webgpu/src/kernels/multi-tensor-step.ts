import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { bytesWithin, DeferredMultiTensorStep } from './deferred-multi-tensor-step';
import { DeferredStep } from './deferred-step';
import { assertFloats } from './floats';
import type { StepInput, StepRule } from './step-rule';

/** Larger parameters are stepped separately: their dispatch costs little compared with their work. */
const LARGEST = 2 ** 18;
/** Bindings of a dispatch that are not gradients: the arenas that it reads and writes, and a possible condition. */
const OTHERS = 3;

/**
 * One step of an optimizer for a list of parameters, in as few dispatches as the device's bindings permit.
 *
 * @param inputs the gradients of all parameters, then the parameters, then each slot of all
 * @param own the rule's numbers for a parameter
 * @returns all updates, then each slot of all, of the parameters' shapes
 * @throws when the lists of inputs have different lengths, or their shapes differ for a parameter
 */
export function multiTensorStep(
  backend: WebgpuBackend,
  kernelName: string,
  inputs: TensorInfo[],
  rule: StepRule,
  own: (parameter: number) => number[],
): TensorInfo[] {
  const columns = ['gradient', 'parameter', ...rule.slots];
  const n = inputs.length / columns.length;
  if (!Number.isInteger(n)) {
    throw new Error(
      `${kernelName}: ${inputs.length} inputs; expected the same number each of ${columns.join(', ')}, in this order`,
    );
  }
  const members = Array.from({ length: n }, (_, k): StepInput => {
    const operands = columns.map((_, c) => inputs[c * n + k]!);
    const named = Object.fromEntries(columns.map((column, c) => [`${column} ${k}`, operands[c]!]));
    const [gradient, parameter, ...slots] = operands as [TensorInfo, TensorInfo, ...TensorInfo[]];
    assertFloats(kernelName, named, parameter.shape);
    return { gradient, parameter, slots, own: own(k) };
  });
  const outputs: TensorInfo[][] = new Array(n);
  const groups = groupMembers(backend, members, rule);
  for (const group of groups) {
    const steps = group.map((k) => members[k]!);
    const stepOutputs = isAlone(backend, steps[0]!, rule)
      ? [new DeferredStep(backend, rule, steps[0]!).outputs]
      : new DeferredMultiTensorStep(backend, rule, steps).outputs;
    for (const [i, k] of group.entries()) outputs[k] = stepOutputs[i]!;
  }
  for (const [k, { parameter }] of members.entries()) {
    const none = () => backend.makeTensorInfo(parameter.shape, 'float32', new Float32Array(0));
    outputs[k] ??= ['update', ...rule.slots].map(none);
  }
  return ['update', ...rule.slots].flatMap((_, o) => outputs.map((each) => each[o]!));
}

/** The parameters of each dispatch, as indices into the list, without empty parameters. */
function groupMembers(backend: WebgpuBackend, members: StepInput[], rule: StepRule): number[][] {
  const most = backend.device.limits.maxStorageBuffersPerShaderStage - OTHERS;
  const groups: number[][] = [];
  let group: number[] = [];
  let bytes = 0;
  for (const [k, member] of members.entries()) {
    if (util.sizeFromShape(member.parameter.shape) === 0) continue;
    if (isAlone(backend, member, rule)) {
      groups.push([k]);
      continue;
    }
    const more = arenaBytes(backend, member, rule);
    if (group.length === most || bytes + more > largestArena(backend)) {
      groups.push(group);
      [group, bytes] = [[], 0];
    }
    group.push(k);
    bytes += more;
  }
  return group.length > 0 ? [...groups, group] : groups;
}

const isAlone = (backend: WebgpuBackend, member: StepInput, rule: StepRule): boolean =>
  util.sizeFromShape(member.parameter.shape) > LARGEST ||
  arenaBytes(backend, member, rule) > largestArena(backend);

const arenaBytes = (backend: WebgpuBackend, { parameter }: StepInput, rule: StepRule): number =>
  (rule.slots.length + 1) * bytesWithin(backend, parameter);

function largestArena(backend: WebgpuBackend): number {
  const { maxStorageBufferBindingSize, maxBufferSize } = backend.device.limits;
  return Math.min(maxStorageBufferBindingSize, maxBufferSize);
}
