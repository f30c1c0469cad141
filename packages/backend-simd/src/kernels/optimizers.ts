import { type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { type OptimizerRule, optimizerRules } from '../optimizer-rules';
import { advance } from '../pointer';
import { floats } from './floats';
import { grainOf } from './grain';

/** Elements of a unit, as in assembly/optimizer.ts. */
const BLOCK = 8192;

type RuleName = keyof typeof optimizerRules;

/** Steps of optimizers, each for one parameter and for a list. */
export const optimizerKernels: KernelConfig[] = (Object.keys(optimizerRules) as RuleName[]).flatMap(
  kernelsOf,
);

function kernelsOf(kernelName: RuleName): KernelConfig[] {
  const rule: OptimizerRule<never> = optimizerRules[kernelName];
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
        floats: Object.values(rule.own(attributes.weightDecay, attributes as never)),
      };
      return step(backend as SimdBackend, kernelName, kernelName, attributes, [entry])[0]!;
    },
  };
  /**
   * inputs: a list of all gradients, then all parameters, then all of each slot; attributes with weightDecays, one per
   * parameter: outputs all updates, then all of each slot.
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
          `${kernelName}List: ${tensors.length} inputs; expected as many each of ${columns.join(', ')}, in this order`,
        );
      }
      const entries = Array.from({ length: n }, (_, i) => ({
        names: columns.map((column) => `${column} ${i}`),
        tensors: columns.map((_, c) => tensors[c * n + i]!),
        floats: Object.values(rule.own(attributes.weightDecays[i]!, attributes as never)),
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
  floats: number[];
}

/** One step of a rule for all parameters as one job of all threads: for each its update and its new slots. */
function step(
  simd: SimdBackend,
  kernelName: string,
  ruleName: RuleName,
  attributes: object,
  parameters: Entry[],
): TensorInfo[][] {
  const { slots, scalars, work }: OptimizerRule<never> = optimizerRules[ruleName];
  const wasm = `${ruleName[0]!.toLowerCase()}${ruleName.slice(1)}` as Uncapitalize<RuleName>;
  let units = 0;
  const entries = parameters.map(({ names, tensors, floats: own }) => {
    const { shape } = tensors[0]!;
    const size = util.sizeFromShape(shape);
    const named = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
    const from = floats(simd, kernelName, named, shape);
    const outputs = Array.from({ length: 1 + slots.length }, () => simd.output(shape));
    const pointers = [...names.map((name) => from[name]!), ...outputs.map((out) => simd.pointer(out))];
    const words = [size, units, ...pointers];
    units += Math.ceil(size / BLOCK);
    return { words, own, outputs };
  });
  if (units > 0) {
    const words = entries[0]!.words.length + entries[0]!.own.length;
    const common = Object.values(scalars(attributes as never));
    const bytes = 4 * (words * entries.length + common.length);
    const table = simd.temporary(bytes);
    const { buffer } = simd.runtime.memory;
    const integers = new Int32Array(buffer, table, bytes / 4);
    const numbers = new Float32Array(buffer, table, bytes / 4);
    entries.forEach((entry, i) => {
      integers.set(entry.words, words * i);
      numbers.set(entry.own, words * i + entry.words.length);
    });
    numbers.set(common, words * entries.length);
    const scalarsAt = advance(table, 4 * words * entries.length);
    simd.parallel(wasm, [table, words, scalarsAt], units, grainOf(simd, units, BLOCK * work));
    simd.release(table, bytes);
  }
  return entries.map(({ outputs }) => outputs);
}
