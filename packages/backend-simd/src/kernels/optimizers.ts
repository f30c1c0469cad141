import { type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { KernelsLike } from '../arguments';
import type { SimdBackend } from '../backend';
import { advance } from '../pointer';
import { floats } from './floats';
import { grainOf } from './grain';

/** Elements of a unit, as in assembly/optimizer.ts. */
const BLOCK = 8192;

/** One optimizer: the kernel for one parameter, and that for a list of them, follow from it. */
interface StepRule<Attributes> {
  /** The name of the kernel for one parameter; the other one is called `${kernelName}List`. */
  kernelName: string;
  /** The kernel in assembly/optimizer.ts. */
  wasm: KernelsLike<'adamW'>;
  /** The tensors that the rule keeps for a parameter: read, and written anew. */
  slots: readonly string[];
  /** What the rule reads as its scalars, and the floats of a parameter with this weight decay. */
  scalars: (attributes: Attributes) => number[];
  floatsOf: (weightDecay: number, attributes: Attributes) => number[];
  /** Operations of an element. */
  work: number;
}

interface AdamWAttributes {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  step: number;
}

const adamW: StepRule<AdamWAttributes> = {
  kernelName: 'AdamW',
  wasm: 'adamW',
  slots: ['mean', 'square'],
  scalars: ({ learningRate, beta1, beta2, epsilon, step }) => [
    ...[learningRate, beta1, 1 - beta1, beta2, 1 - beta2, epsilon],
    ...[1 - beta1 ** (step + 1), 1 - beta2 ** (step + 1)],
  ],
  floatsOf: (weightDecay) => [weightDecay],
  work: 4,
};

interface SgdAttributes {
  learningRate: number;
  momentum: number;
  nesterov: boolean;
  decoupled: boolean;
}

const sgd: StepRule<SgdAttributes> = {
  kernelName: 'Sgd',
  wasm: 'sgd',
  slots: ['momentum'],
  scalars: ({ learningRate, momentum, nesterov }) => [learningRate, momentum, nesterov ? 1 : 0],
  floatsOf: (weightDecay, { decoupled }) => (decoupled ? [0, weightDecay] : [weightDecay, 0]),
  work: 3,
};

/** Steps of optimizers, each for one parameter and for a list. */
export const optimizerKernels: KernelConfig[] = [...kernelsOf(adamW), ...kernelsOf(sgd)];

function kernelsOf<Attributes>(rule: StepRule<Attributes>): KernelConfig[] {
  const { kernelName, slots } = rule;
  const columns = ['gradient', 'parameter', ...slots];
  /** inputs { gradient, parameter, …slots }, attributes with weightDecay: outputs [update, …slots]. */
  const single: KernelConfig = {
    kernelName,
    backendName: 'simd',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const attributes = attrs as unknown as Attributes & { weightDecay: number };
      const entry = {
        names: columns,
        tensors: columns.map((column) => inputs[column] as TensorInfo),
        floats: rule.floatsOf(attributes.weightDecay, attributes),
      };
      return step(backend as SimdBackend, kernelName, rule, attributes, [entry])[0]!;
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
      const attributes = attrs as unknown as Attributes & { weightDecays: number[] };
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
        floats: rule.floatsOf(attributes.weightDecays[i]!, attributes),
      }));
      const results = step(backend as SimdBackend, `${kernelName}List`, rule, attributes, entries);
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
function step<Attributes>(
  simd: SimdBackend,
  kernelName: string,
  { wasm, slots, scalars, work }: StepRule<Attributes>,
  attributes: Attributes,
  parameters: Entry[],
): TensorInfo[][] {
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
    const common = scalars(attributes);
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
