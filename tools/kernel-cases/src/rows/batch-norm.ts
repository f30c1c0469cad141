import type { Kernels } from '@tenfold/kernels';
import { type Array64, make, map } from '../array';
import { type Input, normal, values } from '../inputs';
import type { Bound, Case, KernelRow } from '../row';
import { computeGradient, functions } from './functions';
import { computeMoments, type Groups, largest, normalizationGradient, smallest } from './normalize';

type Attributes = Kernels['BatchNormTrain']['attributes'];
type Activated = Kernels['BatchNormActivation']['attributes'];
type Named = { readonly [name: string]: Array64 };

const epsilon = 1e-3;
const groupChannels = (shape: readonly number[]): Groups => {
  const count = shape.at(-1)!;
  return { count, of: (i) => i % count };
};
const vector = (values: Float64Array): Array64 => ({ shape: [values.length], values });

/** [(x − mean)·rstd·γ + β, mean, variance] over all axes but the last. */
function batchNorm({ x, gamma, beta }: Named, epsilon: number): Array64[] {
  const { count: n, of } = groupChannels(x!.shape);
  const { mean, variance, rstd } = computeMoments(x!, { count: n, of }, epsilon);
  const y = map(x!, (value, i) => {
    const scale = gamma?.values[i % n] ?? 1;
    return (value - mean[i % n]!) * rstd[i % n]! * scale + (beta?.values[i % n] ?? 0);
  });
  return [y, vector(mean), vector(variance)];
}

function gradient(dy: Array64, { x, gamma, mean, variance }: Named, epsilon: number): Array64[] {
  const rstd = variance!.values.map((v) => 1 / Math.sqrt(v + epsilon));
  return normalizationGradient(dy, x!, gamma, { mean: mean!.values, rstd }, groupChannels(x!.shape));
}

/** The argument of the activation function, from the moments that a gradient kernel is given. */
const argument = ({ x, gamma, beta, mean, variance }: Named, epsilon: number): Array64 => {
  const n = x!.shape.at(-1)!;
  return make(x!.shape, (i) => {
    const c = i % n;
    const scale = (gamma?.values[c] ?? 1) / Math.sqrt(variance!.values[c]! + epsilon);
    return (x!.values[i]! - mean!.values[c]!) * scale + (beta?.values[c] ?? 0);
  });
};

const shapes = [
  [1, 1],
  [7, 3],
  [100, 10],
  [2, 5, 5, 24],
  [40, 15, 15, 64],
  [33, 65],
  [3, 8200],
  [40_000, 2],
];

const createCase = (shape: number[], affine: boolean, shift: number, attributes: object): Case => {
  const n = shape.at(-1)!;
  return {
    name: `[${shape}]${affine ? '' : ' without gamma and beta'}`,
    inputs: {
      x: normal(shape, 1, { shift }),
      ...(affine && { gamma: normal([n], 3), beta: normal([n], 4) }),
    },
    attributes: { epsilon, ...attributes },
  };
};

/** Inputs that say what they are. */
const special = (name: string, inputs: { [name: string]: Input }, attributes: object = {}): Case => ({
  name,
  inputs,
  attributes: { epsilon, ...attributes },
  extreme: true,
});

/** x − mean itself is only known to half a unit in the last place of the mean. */
const computeBlur = (x: Array64, variance: Array64): number =>
  (2e-7 * Math.max(1, largest(x.values.map(Math.abs))) + 1e-6) /
  Math.sqrt(smallest(variance.values) + epsilon);

const forwardTolerance = ([, , variance]: Array64[], { x, gamma }: Named): Bound[] => {
  const scale = Math.max(1, largest(gamma?.values.map(Math.abs) ?? [1]));
  return [
    { absolute: computeBlur(x!, variance!) * scale, relative: 1e-5 },
    { absolute: 1e-6, relative: 1e-6 },
    { absolute: 1e-6, relative: 1e-5 },
  ];
};

const gradientTolerance = (_: Array64[], { x, gamma, variance }: Named): Bound[] => {
  const rows = x!.values.length / x!.shape.at(-1)!;
  const blur = computeBlur(x!, variance!);
  const steepest = 1 / Math.sqrt(smallest(variance!.values) + epsilon);
  const scale = Math.max(1, largest(gamma?.values.map(Math.abs) ?? [1]));
  return [
    { absolute: (blur + 3e-6) * steepest * scale * (rows === 1 ? 3 : 1), relative: 1e-4 },
    { absolute: blur * Math.sqrt(rows) + 1e-5, relative: 1e-5 },
    { absolute: 2e-5, relative: 1e-5 },
  ];
};

const inputsText = 'x [..., channels], gamma? [channels], beta? [channels]';

/** Batch normalization in training, over all axes but the last. */
export const batchNormTrain: KernelRow = {
  kernel: 'BatchNormTrain',
  describe: {
    inputs: inputsText,
    attributes: 'epsilon (1e-5)',
    outputs:
      'y = (x − mean)·gamma/√(variance + epsilon) + beta; mean [channels]; variance [channels], of the batch, biased',
  },
  reference: (inputs, { epsilon }: Attributes) => batchNorm(inputs, epsilon),
  cases: [
    // A mean far from 0 takes digits from a variance computed as a difference of squares.
    ...shapes.flatMap((shape) => [createCase(shape, true, 30, {}), createCase(shape, false, 30, {})]),
    special('a constant', { x: { shape: [50, 3], values: () => new Float32Array(150).fill(-80) } }),
    special('NaN in one of two channels', { x: values([Number.NaN, 1, 2, 3], [2, 2]) }),
    { ...createCase([250, 15, 15, 64], true, 0, {}), speed: true },
  ],
  tolerance: forwardTolerance,
  gradient: {
    kernel: 'BatchNormTrainGrad',
    describe: {
      inputs: 'dy, x, gamma?, mean, variance',
      attributes: 'epsilon (1e-5)',
      outputs: 'dx; dgamma [channels]; dbeta [channels]',
    },
    saved: ({ x, gamma }, [, mean, variance]) => ({
      x: x!,
      ...(gamma && { gamma }),
      mean: mean!,
      variance: variance!,
    }),
    outputs: ['x', 'gamma', 'beta'],
    reference: (inputs, { epsilon }: Attributes) => gradient(inputs.dy!, inputs, epsilon),
    tolerance: gradientTolerance,
  },
};

const names = Object.keys(functions);
/** One by one and by vectors. */
const few = [
  [7, 3],
  [2, 5, 5, 24],
];

/** Below the mean and above it, by turns; the gradient is finite above. */
const halves = {
  x: values([-1, 3, -2, 4, -3, 5, -4, 6, -1, 3, -2, 4], [12, 1]),
  dy: values([Number.NaN, 1, Infinity, 2, -Infinity, 3, Number.NaN, 4, Infinity, 5, -Infinity, 6], [12, 1]),
};

/** Batch normalization in training, with the activation that follows. */
export const batchNormActivation: KernelRow = {
  kernel: 'BatchNormActivation',
  describe: {
    inputs: inputsText,
    attributes: 'epsilon (1e-5), function',
    outputs: 'f(y); mean [channels]; variance [channels]; y, mean and variance as of `BatchNormTrain`',
  },
  reference: (inputs, { epsilon, function: name }: Activated) => {
    const [y, ...moments] = batchNorm(inputs, epsilon);
    return [map(y!, functions[name]!.value), ...moments];
  },
  cases: [
    ...names.flatMap((name): Case[] => [
      // What depends on the shape is the same for every function.
      ...(name === 'gelu' ? shapes : few).map((shape) => {
        const normCase = createCase(shape, true, 3, { function: name });
        return { ...normCase, name: `${name} ${normCase.name}` };
      }),
      { ...createCase([7, 3], false, 3, { function: name }), name: `${name} [7,3] without gamma and beta` },
    ]),
    special(
      'gelu of a constant and ±80',
      { x: values([7, 7, 7], [1, 3]), beta: values([-80, 80, 0]) },
      { function: 'gelu' },
    ),
    {
      ...special('gradients that are NaN or infinite where relu is 0', { x: halves.x }, { function: 'relu' }),
      gradients: { dy: halves.dy },
    },
    { ...createCase([250, 15, 15, 64], true, 0, { function: 'gelu' }), speed: true as const },
  ],
  tolerance: forwardTolerance,
  gradient: {
    kernel: 'BatchNormActivationGrad',
    describe: {
      inputs: 'dy (of f(y)), x, gamma?, beta?, mean, variance',
      attributes: 'epsilon (1e-5), function',
      outputs: "with g = dy·f'(y), y computed again from x: those of `BatchNormTrainGrad` for g",
    },
    saved: ({ x, gamma, beta }, [, mean, variance]) => ({
      x: x!,
      ...(gamma && { gamma }),
      ...(beta && { beta }),
      mean: mean!,
      variance: variance!,
    }),
    outputs: ['x', 'gamma', 'beta'],
    reference: (inputs, { epsilon, function: name }: Activated) => {
      const z = argument(inputs, epsilon);
      const g = map(inputs.dy!, (dy, i) => computeGradient(name, dy, z.values[i]!));
      return gradient(g, inputs, epsilon);
    },
    tolerance: gradientTolerance,
  },
};
