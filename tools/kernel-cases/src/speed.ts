import { shapeSize } from './array';
import { type Adapter, gradientOperands, type Operands, operands } from './check';
import type { Input } from './inputs';
import { type Case, type KernelRow, listGradients } from './row';

/** A kernel on a shape of real trainings. */
export interface SpeedCase {
  kernel: string;
  name: string;
  attributes: object;
  /**
   * What it is given. A gradient is given what the forward kernel computes on the backend itself: the reference would take
   * minutes.
   */
  operands: (run: Adapter) => Operands | Promise<Operands>;
}

interface SpeedOptions {
  /** The most examples of a batch, for a backend that takes long; all of them by default. */
  examples?: number;
}

/** The cases of the rows that speed is measured on, forward and gradients. */
export function speedCases(
  rows: readonly KernelRow[],
  { examples = Number.POSITIVE_INFINITY }: SpeedOptions = {},
): SpeedCase[] {
  return rows.flatMap((row) =>
    row.cases
      .filter(({ speed }) => speed)
      .map((one) => withExamples(one, examples))
      .flatMap((one) => [forward(row, one), ...gradients(row, one)]),
  );
}

const forward = ({ kernel }: KernelRow, { name, attributes, inputs }: Case): SpeedCase => ({
  kernel,
  name,
  attributes,
  operands: () => operands(inputs),
});

const gradients = (row: KernelRow, one: Case): SpeedCase[] =>
  listGradients(row).map((gradient) => ({
    kernel: gradient.kernel,
    name: one.name,
    attributes: gradient.attributes?.(one.attributes as never, one.inputs) ?? one.attributes,
    operands: async (run) => {
      const outputs = await run(row.kernel, operands(one.inputs), one.attributes);
      return gradientOperands(gradient, one, outputs);
    },
  }));

/** The case with the first examples of its batch. */
function withExamples(one: Case, most: number): Case {
  const first = ({ shape: [all, ...rest], values }: Input): Input => {
    const shape = [Math.min(all!, most), ...rest];
    return { shape, values: () => values().subarray(0, shapeSize(shape)) };
  };
  const cut = Object.fromEntries((one.examples ?? []).map((name) => [name, first(one.inputs[name]!)]));
  return { ...one, inputs: { ...one.inputs, ...cut } };
}
