import type { Kernels } from '@tenfold/kernels';
import { type Array64, map } from '../array';
import { grid, values } from '../inputs';
import type { Case, KernelRow } from '../row';
import { computeGradient, functions } from './functions';

type Attributes = Kernels['Activation']['attributes'];

const names = Object.keys(functions);
/** Lengths around the widths of vectors, unrolled loops and tasks. */
const sizes = [0, 1, 3, 4, 5, 7, 8, 9, 17, 65, 1000, 20_001];

/** Gradients that are not finite, on either side of a kink: where the function is constant, none arrives. */
const endlessGradients = (name: string): Case[] =>
  (functions[name]!.kinks ?? []).map((kink) => ({
    name: `${name} of gradients that are NaN or infinite`,
    inputs: { x: values(endless.map((_, i) => kink + (i % 2 === 0 ? -1 : 1))) },
    attributes: { function: name },
    gradients: { dy: values(endless) },
    extreme: true,
  }));
const endless = [Number.NaN, Infinity, -Infinity].flatMap((end) => [end, end, end]);

const createCases = (name: string): Case[] => [
  ...sizes.map((size) => ({
    name: `${name} [${size}]`,
    inputs: { x: grid(size, -10, 10) },
    attributes: { function: name },
  })),
  {
    name: `${name} of 0, ±80, ±1e30, ±1e38 and NaN`,
    inputs: {
      x: values([80, -80, 0, Number.NaN, 1e30, -1e30, 1e38, -1e38]),
    },
    attributes: { function: name },
    tolerance: { absolute: 1e-30, relative: 1e-6 },
    extreme: true,
  },
  ...endlessGradients(name),
  {
    name: `${name} in the left tail`,
    inputs: { x: values([-3, -4, -5, -6, -8]) },
    attributes: { function: name },
    tolerance: { relative: 5e-6 },
  },
];

/** y = f(x), elementwise, and its gradient. */
export const activation: KernelRow = {
  kernel: 'Activation',
  describe: { inputs: 'x', attributes: 'function', outputs: 'f(x), elementwise' },
  reference: ({ x }, { function: name }: Attributes) => [map(x!, functions[name]!.value)],
  cases: [
    ...names.flatMap(createCases),
    {
      name: 'gelu of a layer',
      inputs: { x: { ...grid(125 * 64 * 384, -4, 4), shape: [125, 64, 384] } },
      attributes: { function: 'gelu' },
      speed: true,
    },
  ],
  tolerance: { absolute: 1e-6, relative: 1e-6 },
  kink: (x, { function: name }: Attributes) =>
    functions[name]!.kinks?.some((kink) => Math.abs(x - kink) < 1e-3) ?? false,
  gradient: {
    kernel: 'ActivationGrad',
    describe: {
      inputs: `dy, and x or y: ${names.map((name) => `${functions[name]!.keeps} for ${name}`).join(', ')}`,
      attributes: 'function',
      outputs: "dy·f'(x), elementwise",
    },
    saved: ({ x }, [y], { function: name }: Attributes): { [name: string]: Array64 } =>
      functions[name]!.keeps === 'x' ? { x: x! } : { y: y! },
    outputs: ['x'],
    // Of the functions that save y, y has the sign of x: relu's derivative is the same of both.
    reference: ({ dy, x, y }, { function: name }: Attributes) => [
      map(dy!, (g, i) => computeGradient(name, g, (x ?? y)!.values[i]!)),
    ],
    tolerance: { absolute: 1e-6, relative: 1e-6 },
  },
};
