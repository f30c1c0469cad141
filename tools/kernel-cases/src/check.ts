import type { Array64 } from './array';
import { type Input, normal } from './inputs';
import {
  type Bound,
  type Case,
  type GradientRow,
  type KernelRow,
  listGradients,
  type Tolerance,
} from './row';

type Named<T> = { readonly [name: string]: T };
/** Values of an operand in a backend's form. */
interface Operand {
  shape: readonly number[];
  values: Float32Array;
  /** float32 by default. */
  dtype?: 'bool';
}
export type Operands = Named<Operand> | Operand[];
interface Expected {
  outputs: Array64[];
  bounds: Bound[];
}

/** A case of any kernel, forward, gradient or list, ready to be run on a backend. */
export interface RunnableCase {
  kernel: string;
  name: string;
  attributes: object;
  inputs: () => Operands;
  /** The reference's outputs for these inputs, and the tolerance. */
  expected: (inputs: Operands) => Expected;
}

/** How a backend runs a kernel: it makes tensors, runs, reads the outputs and disposes all of them. */
export type Adapter = (kernel: string, inputs: Operands, attributes: object) => Output[] | Promise<Output[]>;
interface Output {
  shape: readonly number[];
  values: ArrayLike<number>;
}

/** The cases of a row that are compared with the reference: of the kernel, of its gradients and of its list. */
export function runnableCases(row: KernelRow): RunnableCase[] {
  const cases = row.cases.filter(({ speed }) => !speed);
  return [
    ...cases.map((one) => forwardCase(row, one)),
    ...listGradients(row).flatMap((gradient) => cases.map((one) => gradientCase(row, gradient, one))),
    ...(row.list ? [listCase(row)] : []),
  ];
}

function forwardCase(row: KernelRow, one: Case): RunnableCase {
  return {
    kernel: row.kernel,
    name: one.name,
    attributes: one.attributes,
    inputs: () => operands(one.inputs),
    expected: (inputs) => {
      const exact = doubles(inputs as Named<Operand>);
      const outputs = row.reference(exact, one.attributes as never);
      return { outputs, bounds: computeBounds(one.tolerance ?? row.tolerance, outputs, exact) };
    },
  };
}

/** The inputs of a gradient kernel for a case of the forward kernel. */
export function gradientInputs(
  row: KernelRow,
  gradient: GradientRow,
  one: Case,
): { forward: Named<Array64>; given: Named<Operand> } {
  const forward = doubles(operands(one.inputs));
  const outputs = row.reference(forward, one.attributes as never);
  return { forward, given: gradientOperands(gradient, one, outputs) };
}

/** The same from the outputs of the forward kernel. */
export function gradientOperands(gradient: GradientRow, one: Case, forward: Output[]): Named<Operand> {
  const outputs = forward.map(({ shape, values }) => ({ shape, values: Float64Array.from(values) }));
  const inputs: { [name: string]: Operand } = {};
  Object.entries(gradient.of ?? { dy: 0 }).forEach(([name, output], i) => {
    const { shape } = outputs[output]!;
    inputs[name] = { shape, values: (one.gradients?.[name] ?? normal(shape, 1000 + i)).values() };
  });
  const saved = gradient.saved(doubles(operands(one.inputs)), outputs, one.attributes as never);
  for (const [name, { shape, values }] of Object.entries(saved))
    inputs[name] = { shape, values: Float32Array.from(values) };
  return inputs;
}

function gradientCase(row: KernelRow, gradient: GradientRow, one: Case): RunnableCase {
  const attributes = gradient.attributes?.(one.attributes as never, one.inputs) ?? one.attributes;
  return {
    kernel: gradient.kernel,
    name: one.name,
    attributes,
    inputs: () => gradientInputs(row, gradient, one).given,
    expected: (inputs) => {
      const exact = doubles(inputs as Named<Operand>);
      const outputs = gradient.reference(exact, attributes as never);
      return { outputs, bounds: computeBounds(gradient.tolerance, outputs, exact) };
    },
  };
}

function listCase(row: KernelRow): RunnableCase {
  const list = row.list!;
  const names = Object.keys(list.columns);
  const count = list.shapes.length;
  return {
    kernel: list.kernel,
    name: list.shapes.map((shape) => `[${shape}]`).join(' '),
    attributes: list.attributes,
    inputs: () =>
      Object.values(list.columns).flatMap((make, c) =>
        list.shapes.map((shape, i) => ({ shape, values: make(shape, 100 * c + i + 1).values() })),
      ),
    expected: (inputs) => {
      const results = list.shapes.map((_, i) => {
        const entry = Object.fromEntries(
          names.map((name, c) => [name, (inputs as Operand[])[c * count + i]!]),
        );
        return row.reference(doubles(entry), list.attributesOf(i) as never);
      });
      const bounds = computeBounds(row.tolerance, results[0]!, {});
      return {
        outputs: bounds.flatMap((_, o) => results.map((outputs) => outputs[o]!)),
        bounds: bounds.flatMap((bound) => results.map(() => bound)),
      };
    },
  };
}

/** The operands of a case. */
export const operands = (inputs: Named<Input>): { [name: string]: Operand } =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { values, ...input }]) => [name, { ...input, values: values() }]),
  );

const doubles = (inputs: Named<Operand>): Named<Array64> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, values }]) => [
      name,
      { shape, values: Float64Array.from(values) },
    ]),
  );

function computeBounds(tolerance: Tolerance, expected: Array64[], inputs: Named<Array64>): Bound[] {
  const bounds = typeof tolerance === 'function' ? tolerance(expected, inputs) : tolerance;
  return Array.isArray(bounds) ? bounds : expected.map(() => bounds);
}

let last: { one: RunnableCase; prepared: Expected & { inputs: Operands } } | undefined;

// The same case runs on one backend after another: the reference's outputs are cached until the next case.
function prepare(one: RunnableCase): Expected & { inputs: Operands } {
  if (last?.one !== one) {
    const inputs = one.inputs();
    last = { one, prepared: { inputs, ...one.expected(inputs) } };
  }
  return last.prepared;
}

/** Fails unless a backend's outputs have the shapes of the reference and are as close to it as the row demands. */
export async function checkCase(run: Adapter, one: RunnableCase): Promise<void> {
  const { kernel, attributes } = one;
  const { inputs, outputs: expected, bounds } = prepare(one);
  const outputs = await run(kernel, inputs, attributes);
  if (outputs.length !== expected.length)
    throw new Error(`${kernel}: ${outputs.length} outputs; expected ${expected.length}`);
  outputs.forEach(({ shape, values }, o) => {
    const want = expected[o]!;
    if (shape.join() !== want.shape.join() || values.length !== want.values.length)
      throw new Error(`${kernel}: output ${o} has shape [${shape}]; expected [${want.shape}]`);
    const { absolute = 0, relative = 0, ulps = 0, rms } = bounds[o]!;
    let [error, size] = [0, 0];
    want.values.forEach((value, i) => {
      const got = values[i]!;
      const rounded = Math.fround(value);
      if (got === rounded || Object.is(got, rounded)) {
        if (Number.isFinite(value)) size += value ** 2;
        return;
      }
      error += (got - value) ** 2;
      size += value ** 2;
      const allowed = absolute + relative * Math.abs(value) + ulps * unitOfTheLastPlace(value);
      if (Number.isFinite(got) && (rms !== undefined || Math.abs(got - value) <= allowed)) return;
      throw new Error(
        `${kernel}: element ${i} of output ${o} is ${got}; expected ${value} ` +
          `(absolute ${absolute}, relative ${relative}, ulps ${ulps})`,
      );
    });
    if (rms !== undefined && error > 0 && !(Math.sqrt(error / size) <= rms))
      throw new Error(
        `${kernel}: the relative error of output ${o} is ${Math.sqrt(error / size)}; expected ${rms}`,
      );
  });
}

/** The distance of neighboring floats at y. */
const unitOfTheLastPlace = (y: number): number =>
  2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(y)))) - 23);
