import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Part, WebgpuBackend } from '../backend';
import { f32, groupsFor, type Uniform, u32 } from '../program';
import { renewed, type StepInput, type StepRule, type WaitingStep } from './step-rule';

const THREADS = 64;
/** Bytes of a vector of four floats: what a thread computes. */
const VECTOR = 16;

/**
 * One step of an optimizer for several parameters in one dispatch; it waits as {@link DeferredStep} does.
 *
 * A dispatch binds few buffers, so parameters and slots of the group lie in one, the arena: a section for the parameters,
 * one for each slot, and in every section each parameter at the same place. The step reads an arena and writes the next;
 * the tensors it returns are parts of that. What is not in an arena of this layout yet, as in the first step, is copied
 * into one. The gradients, which other kernels write, are bound each by itself.
 */
export class DeferredList implements WaitingStep {
  /** For every parameter [update, ...slots]. */
  readonly outputs: TensorInfo[][];
  private readonly starts: number[];
  private readonly vectors: number;
  private readonly places = new Map<object, number>();
  /** What a run has written of parameters with their updates added, until nobody can ask for them any more. */
  private sums?: TensorInfo;
  private slotsWait = true;
  private waiting: number;

  constructor(
    private readonly backend: WebgpuBackend,
    private readonly rule: StepRule,
    private readonly members: StepInput[],
  ) {
    const sizes = members.map(({ parameter }) => bytesWithin(backend, parameter) / VECTOR);
    this.starts = sizes.map((_, k) => sizes.slice(0, k).reduce((a, b) => a + b, 0));
    this.vectors = sizes.reduce((a, b) => a + b, 0);
    this.members = members.map(({ gradient, parameter, slots, own }) => {
      const { shape } = parameter;
      // A variable gets other data when it is assigned, which is what follows.
      const still = ({ dataId, dtype }: TensorInfo) => ({ dataId, shape, dtype });
      return { gradient: still(gradient), parameter: still(parameter), slots: slots.map(still), own };
    });
    this.outputs = members.map(({ parameter }) =>
      ['update', ...rule.slots].map(() => backend.output(parameter.shape)),
    );
    this.waiting = this.outputs.flat().length;
    for (const { dataId } of this.tensors()) backend.incRef(dataId);
    const release = () => this.release();
    for (const [k, outputs] of this.outputs.entries()) {
      this.places.set(outputs[0]!.dataId, k);
      for (const [section, output] of outputs.entries()) {
        backend.defer(output, { compute: () => this.compute(section === 0), release, owner: this });
      }
    }
  }

  addTo(parameter: TensorInfo, update: TensorInfo): TensorInfo | undefined {
    const k = this.places.get(update.dataId);
    if (k === undefined || parameter.dataId !== this.members[k]!.parameter.dataId) return undefined;
    if (!this.sums) {
      if (!this.slotsWait) return undefined;
      this.sums = this.run('sum', 'p + update');
    }
    const sum = this.backend.output(parameter.shape);
    this.backend.placeIn(sum, this.place(this.sums, 0, k));
    return sum;
  }

  private compute(updateNeeded: boolean): void {
    // A slot alone, such as that of a parameter whose update was disposed, is computed with the updates all the same.
    if (!this.slotsWait && !updateNeeded) return;
    // The inputs must outlive the last of the outputs that are settled.
    this.waiting++;
    const arena = this.run('update', 'update');
    for (const [k, [update]] of this.outputs.entries()) this.settle(update!, this.place(arena, 0, k));
    this.backend.disposeData(arena.dataId);
    this.release();
  }

  /** Computes the step into a new arena, with the slots if they wait. */
  private run(kind: string, first: string): TensorInfo {
    const { backend, members, starts, vectors } = this;
    const { name, uniforms, slots, own, formula } = this.rule;
    // Where nothing of the parameter is asked for it need not be in the arena.
    const withParameter = kind === 'sum' || members.some((member) => member.own.some((value) => value !== 0));
    const before = this.gather(withParameter);
    const after = backend.output([slots.length + 1, 4 * vectors]);
    const gradients = members.map(({ gradient }, k) => [`g${k}`, gradient] as const);
    const widths = members.map(({ parameter }) => (util.sizeFromShape(parameter.shape) % 4 === 0 ? 4 : 1));
    const places: Record<string, Uniform> = { vectors: u32(vectors) };
    for (const [k, start] of starts.entries()) {
      places[`start${k}`] = u32(start);
      for (const [i, key] of own.entries()) places[`${key}${k}`] = f32(members[k]!.own[i]!);
    }
    backend.run({
      name: `${name} list ${kind}${withParameter ? '' : ' alone'} ${widths.join('')}`,
      inputs: { ...Object.fromEntries(gradients), before },
      outputs: { after },
      uniforms: { ...uniforms, ...places },
      types: {
        T: 'vec4<f32>',
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
  store_after(i, ${first});
  ${slots.map((slot, s) => `store_after(i + ${s + 1}u * uniforms.vectors, ${renewed(slot)});`).join(' ')}`,
    });
    backend.disposeData(before.dataId);
    this.waiting++;
    if (this.slotsWait) {
      this.slotsWait = false;
      for (const [k, [, ...outputs]] of this.outputs.entries()) {
        for (const [s, output] of outputs.entries()) this.settle(output, this.place(after, s + 1, k));
      }
    }
    this.release();
    return after;
  }

  // WGSL of what element i needs of parameter k, if it is in it; threads between two parameters have nothing to do.
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

  /** The arena of what the step reads: the one where all of it lies already, or a new one with copies. */
  private gather(withParameter: boolean): TensorInfo {
    const { backend, members, rule } = this;
    const placed = members.flatMap(({ parameter, slots }, k) =>
      [parameter, ...slots].map((info, section) => ({ info, section, k })),
    );
    const needed = withParameter ? placed : placed.filter(({ section }) => section > 0);
    // What waits is computed first, which may place it.
    for (const { info } of needed) backend.uploadToGPU(info.dataId);
    const shape = [rule.slots.length + 1, 4 * this.vectors];
    const arena = backend.partOf(needed[0]!.info)?.whole;
    const isThere = ({ info, section, k }: (typeof needed)[number]) => {
      const part = backend.partOf(info);
      return part?.whole === arena && part?.offset === this.offset(section, k);
    };
    if (arena && util.arraysEqual(arena.shape, shape) && needed.every(isThere)) {
      backend.incRef(arena.dataId);
      return arena;
    }
    const copy = backend.output(shape);
    for (const { info, section, k } of needed) backend.copyTo(this.place(copy, section, k), info);
    return copy;
  }

  private place(whole: TensorInfo, section: number, k: number): Part {
    return { whole, offset: this.offset(section, k) };
  }

  private offset(section: number, k: number): number {
    return VECTOR * (section * this.vectors + this.starts[k]!);
  }

  private settle(output: TensorInfo, part: Part): void {
    // Disposed, or computed already.
    if (!this.backend.deferredOf(output)) return;
    this.backend.settle(output);
    this.backend.placeIn(output, part);
  }

  private tensors(): TensorInfo[] {
    return this.members.flatMap(({ gradient, parameter, slots }) => [gradient, parameter, ...slots]);
  }

  private release(): void {
    if (--this.waiting > 0) return;
    for (const input of this.tensors()) this.backend.release(input);
    if (this.sums) this.backend.disposeData(this.sums.dataId);
  }
}

/** What a tensor takes in a section of an arena: parts begin where the device can bind them. */
export function bytesWithin(backend: WebgpuBackend, { shape }: TensorInfo): number {
  const alignment = Math.max(VECTOR, backend.device.limits.minStorageBufferOffsetAlignment);
  return Math.ceil((4 * util.sizeFromShape(shape)) / alignment) * alignment;
}
