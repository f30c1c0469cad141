import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import type { DeferredDispatch } from '../deferrals';
import { f32, groupsFor, type Uniform, u32 } from '../program';
import type { BufferSlice } from '../suballocation';
import {
  type DeferredUpdate,
  ifTaken,
  isNoUpdate,
  NO_UPDATE,
  noUpdate,
  renewed,
  type StepInput,
  type StepRule,
} from './step-rule';

const THREADS = 64;
/** Bytes of a vector of four floats: what a thread computes. */
const VECTOR = 16;

/**
 * One step of an optimizer for several parameters in one dispatch, deferred like {@link DeferredStep}.
 *
 * A dispatch binds few buffers, so parameters and slots of the group share one, the arena: a section for the parameters and one
 * for each slot, with each parameter at the same place in every section. The step reads an arena and writes the next one; the
 * tensors it returns are slices of that. Tensors outside an arena of this layout, as in the first step, are copied into one.
 * The gradients, which other kernels write, are bound separately.
 */
export class DeferredMultiTensorStep implements DeferredUpdate {
  /** For every parameter [update, ...slots]. */
  readonly outputs: TensorInfo[][];
  private readonly dispatch: DeferredDispatch;
  /** Where each parameter starts in a section, in vectors, and the length of a section. */
  private readonly starts: number[];
  private readonly vectors: number;
  /** Of every output its parameter, and its section of the arena. */
  private readonly places = new Map<object, [parameter: number, section: number]>();
  /** The parameters plus updates that a run has written, until they can no longer be requested. */
  private sums?: TensorInfo;
  private condition?: TensorInfo;

  constructor(
    private readonly backend: WebgpuBackend,
    private readonly rule: StepRule,
    private readonly members: StepInput[],
  ) {
    const sizes = members.map(({ parameter }) => bytesWithin(backend, parameter) / VECTOR);
    this.starts = sizes.map((_, k) => sizes.slice(0, k).reduce((a, b) => a + b, 0));
    this.vectors = sizes.reduce((a, b) => a + b, 0);
    this.outputs = members.map(({ parameter }) =>
      ['update', ...rule.slots].map(() => backend.output(parameter.shape)),
    );
    for (const [k, outputs] of this.outputs.entries()) {
      for (const [section, { dataId }] of outputs.entries()) this.places.set(dataId, [k, section]);
    }
    const inputs = members.flatMap(({ gradient, parameter, slots }, k) => [
      [`g${k}`, gradient] as const,
      ...[parameter, ...slots].map((info, section) => [placed(k, section), info] as const),
    ]);
    this.dispatch = backend.deferrals.defer({
      inputs: Object.fromEntries(inputs),
      outputs: this.outputs.flat(),
      // A single slot, such as that of a parameter whose update was disposed, is computed together with the updates.
      run: (_, waiting) => {
        const arena = this.write('update', 'update');
        this.placeIn(arena, waiting);
        backend.disposeData(arena.dataId);
      },
      source: this,
    });
  }

  addTo(parameter: TensorInfo, update: TensorInfo): TensorInfo | undefined {
    const [k, section] = this.places.get(update.dataId) ?? [];
    if (k === undefined || section !== 0) return undefined;
    if (parameter.dataId !== this.dispatch.inputs[placed(k, 0)]!.dataId) return undefined;
    if (!this.sums) {
      const slots = this.outputs.flatMap(([, ...slots]) => slots);
      this.dispatch.settle(slots, (waiting) => {
        this.sums = this.write('sum', 'p + update');
        this.dispatch.keep(this.sums);
        this.placeIn(this.sums, waiting);
      });
    }
    const sum = this.backend.output(parameter.shape);
    this.backend.suballocation.place(sum, this.slice(this.sums!, 0, k));
    return sum;
  }

  onlyIf(condition: TensorInfo, others: ReadonlyMap<object, TensorInfo>): boolean {
    const { backend, dispatch } = this;
    if (this.sums || this.condition) return false;
    const changesNothing = this.outputs.flat().every((output) => {
      if (backend.deferrals.of(output) !== dispatch) return true;
      const other = others.get(output.dataId);
      if (!other) return false;
      const [k, section] = this.places.get(output.dataId)!;
      return section === 0
        ? isNoUpdate(backend, other)
        : other.dataId === dispatch.inputs[placed(k, section)]!.dataId;
    });
    if (!changesNothing) return false;
    this.condition = dispatch.read(condition);
    return true;
  }

  /** Computes the step into a new arena. */
  private write(kind: string, first: string): TensorInfo {
    const { backend, condition, members, starts, vectors } = this;
    const keep = (before: string, after: string) => ifTaken(condition !== undefined, before, after);
    const { name, uniforms, slots, own, formula } = this.rule;
    // A parameter that is not read need not be in the arena, unless the arena would be empty.
    const isScaledAway =
      this.rule.ownScalesParameter && members.every((member) => member.own.every((value) => value === 0));
    const withParameter = kind === 'sum' || slots.length === 0 || !isScaledAway;
    const before = this.gather(withParameter);
    const after = backend.output([slots.length + 1, 4 * vectors]);
    const gradients = members.map((_, k) => [`g${k}`, this.dispatch.inputs[`g${k}`]!] as const);
    const widths = members.map(({ parameter }) => (util.sizeFromShape(parameter.shape) % 4 === 0 ? 4 : 1));
    const places: Record<string, Uniform> = { vectors: u32(vectors) };
    for (const [k, start] of starts.entries()) {
      places[`start${k}`] = u32(start);
      for (const [i, key] of own.entries()) places[`${key}${k}`] = f32(members[k]!.own[i]!);
    }
    backend.run({
      name: `${name} list ${kind}${withParameter ? '' : ' alone'}${condition ? ' if taken' : ''} ${widths.join('')}`,
      inputs: { ...Object.fromEntries(gradients), before, ...(condition && { condition }) },
      outputs: { after },
      uniforms: { ...uniforms, ...noUpdate, ...places },
      types: {
        T: 'vec4<f32>',
        condition: 'i32',
        ...Object.fromEntries(widths.map((width, k) => [`g${k}`, width === 4 ? 'T' : 'f32'])),
      },
      threads: THREADS,
      groups: groupsFor(Math.ceil(vectors / THREADS)),
      body: () => `
  let i = block * ${THREADS}u + lane;
  if (i >= uniforms.vectors) { return; }
  var g: T;
  ${own.map((key) => `var ${key}: f32;`).join(' ')}
  ${widths.map((width, k) => this.choose(width, k)).join(' else ')}
  let p = ${withParameter ? 'load_before(i)' : 'T()'};
  ${slots.map((slot, s) => `let ${slot} = load_before(i + ${s + 1}u * uniforms.vectors);`).join(' ')}
  ${formula}
  ${condition ? 'let taken = load_condition(0u) != 0;' : ''}
  store_after(i, ${keep(kind === 'sum' ? 'p' : NO_UPDATE, first)});
  ${slots.map((slot, s) => `store_after(i + ${s + 1}u * uniforms.vectors, ${keep(slot, renewed(slot))});`).join(' ')}`,
    });
    backend.disposeData(before.dataId);
    return after;
  }

  // WGSL for element i if it belongs to parameter k; threads between two parameters are idle.
  private choose(width: number, k: number): string {
    const isLast = k === this.members.length - 1;
    const load =
      width === 4
        ? `if (j >= length_g${k}()) { return; } g = load_g${k}(j);`
        : `let end = length_g${k}();
    if (4u * j >= end) { return; }
    g = T(load_g${k}(4u * j), load_g${k}(min(4u * j + 1u, end - 1u)), load_g${k}(min(4u * j + 2u, end - 1u)), load_g${k}(min(4u * j + 3u, end - 1u)));`;
    return `${isLast ? '' : `if (i < uniforms.start${k + 1}) `}{
    let j = i - uniforms.start${k};
    ${load}
    ${this.rule.own.map((key) => `${key} = uniforms.${key}${k};`).join(' ')}
  }`;
  }

  /** The arena that the step reads: an existing one with all its inputs, or a new one with copies. */
  private gather(withParameter: boolean): TensorInfo {
    const { backend, members, rule } = this;
    const { inputs } = this.dispatch;
    const sections = ['parameter', ...rule.slots];
    const all = members.flatMap((_, k) =>
      sections.map((_, section) => ({ info: inputs[placed(k, section)]!, section, k })),
    );
    const needed = withParameter ? all : all.filter(({ section }) => section > 0);
    // Deferred inputs are computed first, which may place them in an arena.
    for (const { info } of needed) backend.uploadToGPU(info.dataId);
    const shape = [rule.slots.length + 1, 4 * this.vectors];
    const arena = backend.suballocation.of(needed[0]!.info)?.whole;
    const isThere = ({ info, section, k }: (typeof needed)[number]) => {
      const slice = backend.suballocation.of(info);
      return slice?.whole === arena && slice?.offset === this.offset(section, k);
    };
    if (arena && util.arraysEqual(arena.shape, shape) && needed.every(isThere)) {
      backend.incRef(arena.dataId);
      return arena;
    }
    const copy = backend.output(shape);
    for (const { info, section, k } of needed)
      backend.suballocation.copyTo(this.slice(copy, section, k), info);
    return copy;
  }

  /** Makes outputs slices of an arena. */
  private placeIn(arena: TensorInfo, outputs: readonly TensorInfo[]): void {
    for (const output of outputs) {
      const [k, section] = this.places.get(output.dataId)!;
      this.backend.suballocation.place(output, this.slice(arena, section, k));
    }
  }

  private slice(whole: TensorInfo, section: number, k: number): BufferSlice {
    return { whole, offset: this.offset(section, k) };
  }

  private offset(section: number, k: number): number {
    return VECTOR * (section * this.vectors + this.starts[k]!);
  }
}

/** The name of a parameter's entry in an arena. */
const placed = (k: number, section: number): string => `p${k} ${section}`;

/** The length of a tensor in a section of an arena: slices start at offsets that the device can bind. */
export function bytesWithin(backend: WebgpuBackend, { shape }: TensorInfo): number {
  const alignment = Math.max(VECTOR, backend.device.limits.minStorageBufferOffsetAlignment);
  return Math.ceil((4 * util.sizeFromShape(shape)) / alignment) * alignment;
}
