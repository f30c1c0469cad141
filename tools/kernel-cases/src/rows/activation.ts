import type { Kernels } from '@tenfold/kernels';
import { type Array64, map } from '../array';
import { grid, values } from '../inputs';
import type { Case, KernelRow } from '../row';
import { elementwiseFunctions } from './elementwise-functions';
import { functions as fusedFunctions } from './functions';

type Attributes = Kernels['Activation']['attributes'];

const functions = { ...fusedFunctions, ...elementwiseFunctions };
const names = Object.keys(functions);
const withParameters = (name: string): Attributes => {
  const parameters = elementwiseFunctions[name]?.parameters;
  return { function: name, ...(parameters && { parameters }) };
};
/** Lengths around the widths of vectors, unrolled loops and tasks. */
const sizes = [0, 1, 3, 4, 5, 7, 8, 9, 17, 65, 1000, 20_001];

/** Gradients that are not finite, on either side of a kink: where the function is constant, none arrives. */
const endlessGradients = (name: string): Case[] =>
  (functions[name]!.kinks ?? []).map((kink) => ({
    name: `${name} of gradients that are NaN or infinite`,
    inputs: { x: values(endless.map((_, i) => kink + (i % 2 === 0 ? -0.5 : 0.5))) },
    attributes: withParameters(name),
    gradients: { dy: values(endless) },
    extreme: true,
  }));
const endless = [Number.NaN, Infinity, -Infinity].flatMap((end) => [end, end, end]);

/** The tolerance of a function that is steep. */
const steep = (name: string): Pick<Case, 'tolerance'> | undefined => {
  const relative = elementwiseFunctions[name]?.relative;
  return relative === undefined ? undefined : { tolerance: { absolute: 1e-6, relative } };
};

const createCases = (name: string): Case[] => [
  ...sizes.map((size) => ({
    name: `${name} [${size}]`,
    inputs: { x: grid(size, -10, 10) },
    attributes: withParameters(name),
    ...steep(name),
  })),
  {
    name: `${name} of 0, ±80, ±1e30, ±1e38 and NaN`,
    inputs: {
      x: values([80, -80, 0, Number.NaN, 1e30, -1e30, 1e38, -1e38]),
    },
    attributes: withParameters(name),
    tolerance: { absolute: 1e-30, relative: 1e-6, ...steep(name)?.tolerance },
    extreme: true,
  },
  ...endlessGradients(name),
  {
    name: `${name} in the left tail`,
    inputs: { x: values([-3, -4, -5, -6, -8]) },
    attributes: withParameters(name),
    tolerance: { relative: 5e-6 },
  },
];

/** y = f(x), elementwise, and its gradient. */
export const activation: KernelRow = {
  kernel: 'Activation',
  describe: { inputs: 'x', attributes: 'function, parameters?', outputs: 'f(x), elementwise' },
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
      inputs: `dy, and y for ${names.filter((name) => functions[name]!.keeps === 'y').join(', ')}, x for the others`,
      attributes: 'function, parameters?',
      outputs: "dy·f'(x), elementwise",
    },
    saved: ({ x }, [y], { function: name }: Attributes): { [name: string]: Array64 } =>
      functions[name]!.keeps === 'x' ? { x: x! } : { y: y! },
    outputs: ['x'],
    // y has the sign of x where it is kept: relu's derivative is the same of both.
    reference: ({ dy, x, y }, { function: name }: Attributes) => [
      map(dy!, (g, i) => {
        const slope = functions[name]!.derivative((x ?? y)!.values[i]!);
        return slope === 0 ? 0 : g * slope; // whatever dy is
      }),
    ],
    tolerance: { absolute: 1e-6, relative: 1e-6 },
  },
};
