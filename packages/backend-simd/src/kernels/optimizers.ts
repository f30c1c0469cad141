import { type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { optimizerRules } from '../optimizer-rules';
import { advance } from '../pointer';
import { floats } from './floats';
import { chooseGrain } from './grain';

/** The number of elements of an item, as in assembly/optimizer.ts. */
const BLOCK = 8192;

type RuleName = keyof typeof optimizerRules;

/** Optimizer steps, each for one parameter and for a list. */
export const optimizerKernels: KernelConfig[] = (Object.keys(optimizerRules) as RuleName[]).flatMap(
  createKernels,
);

function createKernels(kernelName: RuleName): KernelConfig[] {
  const rule = optimizerRules[kernelName];
  const { slots } = rule;
  const columns = ['gradient', 'parameter', ...slots];
  /** inputs { gradient, parameter, …slots }, attributes with weightDecay: outputs [update, …slots]. */
  const single: KernelConfig = {
    kernelName,
    backendName: 'simd',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const attributes = attrs as unknown as { weightDecay: number };
      const entry = {
        names: columns,
        tensors: columns.map((column) => inputs[column] as TensorInfo),
        floats: Object.values(rule.parameterScalars(attributes.weightDecay, attributes as never)),
      };
      return step(backend as SimdBackend, kernelName, kernelName, attributes, [entry])[0]!;
    },
  };
  /**
   * inputs: all gradients, then all parameters, then all tensors of each slot; attributes with weightDecays, one per parameter:
   * outputs all updates, then all tensors of each slot.
   */
  const list: KernelConfig = {
    kernelName: `${kernelName}List`,
    backendName: 'simd',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const attributes = attrs as unknown as { weightDecays: number[] };
      const tensors = Object.values(inputs) as TensorInfo[];
      const n = tensors.length / columns.length;
      if (!Number.isInteger(n)) {
        throw new Error(
          `${kernelName}List: ${tensors.length} inputs; expected the same number each of ${columns.join(', ')}, in this order`,
        );
      }
      const entries = Array.from({ length: n }, (_, i) => ({
        names: columns.map((column) => `${column} ${i}`),
        tensors: columns.map((_, c) => tensors[c * n + i]!),
        floats: Object.values(rule.parameterScalars(attributes.weightDecays[i]!, attributes as never)),
      }));
      const results = step(backend as SimdBackend, `${kernelName}List`, kernelName, attributes, entries);
      return ['update', ...slots].flatMap((_, o) => results.map((outputs) => outputs[o]!));
    },
  };
  return [single, list];
}

interface Entry {
  /** Names of the tensors in errors. */
  names: string[];
  /** Gradient, parameter, slots. */
  tensors: TensorInfo[];
  /** The scalars of this parameter. */
  floats: number[];
}

/** Takes one step of a rule for all parameters in one job of all threads. Returns the update and new slots of each. */
function step(
  simd: SimdBackend,
  kernelName: string,
  ruleName: RuleName,
  attributes: object,
  parameters: Entry[],
): TensorInfo[][] {
  const { slots, scalars, work } = optimizerRules[ruleName];
  const wasm = `${ruleName[0]!.toLowerCase()}${ruleName.slice(1)}` as Uncapitalize<RuleName>;
  let items = 0;
  const entries = parameters.map(({ names, tensors, floats: values }) => {
    const { shape } = tensors[0]!;
    const size = util.sizeFromShape(shape);
    const named = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
    const from = floats(simd, kernelName, named, shape);
    const outputs = Array.from({ length: 1 + slots.length }, () => simd.output(shape));
    const pointers = [...names.map((name) => from[name]!), ...outputs.map((out) => simd.pointer(out))];
    const words = [size, items, ...pointers];
    items += Math.ceil(size / BLOCK);
    return { words, values, outputs };
  });
  if (items > 0) {
    const words = entries[0]!.words.length + entries[0]!.values.length;
    const common = Object.values(scalars(attributes as never));
    const bytes = 4 * (words * entries.length + common.length);
    const table = simd.temporary(bytes);
    const { buffer } = simd.runtime.memory;
    const integers = new Int32Array(buffer, table, bytes / 4);
    const numbers = new Float32Array(buffer, table, bytes / 4);
    entries.forEach((entry, i) => {
      integers.set(entry.words, words * i);
      numbers.set(entry.values, words * i + entry.words.length);
    });
    numbers.set(common, words * entries.length);
    const scalarsAt = advance(table, 4 * words * entries.length);
    simd.parallel(wasm, [table, words, scalarsAt], items, chooseGrain(simd, items, BLOCK * work));
    simd.release(table, bytes);
  }
  return entries.map(({ outputs }) => outputs);
}
