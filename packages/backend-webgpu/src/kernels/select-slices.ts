import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import type { BufferSlice } from '../suballocation';
import { runElementwise } from './elementwise';

/** A value, what is taken in its place where the condition is false, and where they are in the list of all. */
export interface Choice {
  place: number;
  value: TensorInfo;
  other: TensorInfo;
}

interface SliceChoice extends Choice {
  slice: BufferSlice;
}

/**
 * Chooses among values that are slices of one buffer, as the slots of an optimizer's step are, in one dispatch for all of them.
 * The results are slices at the same offsets of another buffer, which the next step reads as it is.
 *
 * @returns results by place, without values that are not among several slices of one buffer
 */
export function selectSlices(
  backend: WebgpuBackend,
  condition: TensorInfo,
  choices: readonly Choice[],
): Map<number, TensorInfo> {
  const groups = new Map<object, SliceChoice[]>();
  for (const choice of choices) {
    const slice = backend.suballocation.of(choice.value);
    if (!slice || !util.arraysEqual(choice.value.shape, choice.other.shape)) continue;
    const { dataId } = slice.whole;
    groups.set(dataId, [...(groups.get(dataId) ?? []), { ...choice, slice }]);
  }
  const results = new Map<number, TensorInfo>();
  for (const group of groups.values()) {
    if (group.length > 1) selectGroup(backend, condition, group, results);
  }
  return results;
}

function selectGroup(
  backend: WebgpuBackend,
  condition: TensorInfo,
  group: readonly SliceChoice[],
  results: Map<number, TensorInfo>,
): void {
  const { whole } = group[0]!.slice;
  const begin = Math.min(...group.map(({ slice }) => slice.offset));
  const end = Math.max(
    ...group.map(({ slice, value }) => slice.offset + 4 * util.sizeFromShape(value.shape)),
  );
  const part = (of: TensorInfo): TensorInfo => {
    const result = backend.output([(end - begin) / 4]);
    backend.suballocation.place(result, { whole: of, offset: begin });
    return result;
  };
  const before = gather(backend, group);
  const after = backend.output(whole.shape);
  const [value, other, out] = [part(whole), part(before), part(after)];
  runElementwise(backend, {
    name: 'select slices',
    inputs: { condition, value, other },
    types: { condition: 'i32' },
    outputs: { out },
    body: 'store_out(i, select(load_other(i), load_value(i), load_condition(0u) != 0));',
  });
  for (const { place, value, slice } of group) {
    const result = backend.output(value.shape);
    backend.suballocation.place(result, { whole: after, offset: slice.offset });
    results.set(place, result);
  }
  for (const { dataId } of [value, other, out, before, after]) backend.disposeData(dataId);
}

/** The buffer where all others lie at the offsets of their values already, or a new one with copies. */
function gather(backend: WebgpuBackend, group: readonly SliceChoice[]): TensorInfo {
  // What waits is computed first, which may place it.
  for (const { other } of group) backend.uploadToGPU(other.dataId);
  const whole = backend.suballocation.of(group[0]!.other)?.whole;
  const isThere = ({ other, slice }: SliceChoice) => {
    const found = backend.suballocation.of(other);
    return found?.whole === whole && found?.offset === slice.offset;
  };
  const { shape } = group[0]!.slice.whole;
  if (whole && util.arraysEqual(whole.shape, shape) && group.every(isThere)) {
    backend.incRef(whole.dataId);
    return whole;
  }
  const copy = backend.output(shape);
  for (const { other, slice } of group)
    backend.suballocation.copyTo({ whole: copy, offset: slice.offset }, other);
  return copy;
}
