import { describe, expect, it } from 'vitest';
import { type Array64, shapeSize } from './array';
import { gradientInputs } from './check';
import { type Case, type GradientRow, type KernelRow, listGradients } from './row';
import { kernelRows } from './rows';

type Named = { readonly [name: string]: Array64 };
const LARGEST = 300;
const STEP = 1e-4;

const doubles = (inputs: { readonly [name: string]: { shape: readonly number[]; values: Float32Array } }) =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, values }]) => [
      name,
      { shape, values: Float64Array.from(values) },
    ]),
  );

interface Tried {
  row: KernelRow;
  gradient: GradientRow;
  one: Case;
}

/** Σ dy·y over the outputs whose gradients come in. */
function objective({ row, gradient, one }: Tried, forward: Named, arrays: Named): number {
  const outputs = row.reference(forward, one.attributes as never);
  let sum = 0;
  for (const [name, output] of Object.entries(gradient.of ?? { dy: 0 }))
    arrays[name]!.values.forEach((dy, i) => {
      sum += dy * outputs[output]!.values[i]!;
    });
  return sum;
}

/** The derivative for one number of an input, by four points. */
function slope(tried: Tried, forward: Named, arrays: Named, name: string, i: number): number {
  const { values } = forward[name]!;
  const exact = values[i]!;
  const at = (step: number): number => {
    values[i] = exact + step;
    const value = objective(tried, forward, arrays);
    values[i] = exact;
    return value;
  };
  return (8 * (at(STEP) - at(-STEP)) - (at(2 * STEP) - at(-2 * STEP))) / (12 * STEP);
}

const small = ({ inputs, extreme, speed }: Case): boolean =>
  !extreme && !speed && Object.values(inputs).every(({ shape }) => shapeSize(shape) <= LARGEST);

const pairs = kernelRows.flatMap((row) => listGradients(row).map((gradient) => ({ row, gradient })));

describe.each(pairs)('the reference of $gradient.kernel', ({ row, gradient }) => {
  const cases = row.cases.filter(small);
  it('has cases to be compared with finite differences', () => expect(cases.length).toBeGreaterThan(0));

  it.each(cases)('$name', (one) => {
    const { forward, given: rounded } = gradientInputs(row, gradient, one);
    const arrays = doubles(rounded);
    const attributes = gradient.attributes?.(one.attributes as never, one.inputs) ?? one.attributes;
    const analytic = gradient.reference(arrays, attributes as never);
    gradient.outputs.forEach((name, o) => {
      if (!forward[name]) return; // an input that this case leaves out
      forward[name].values.forEach((value, i) => {
        if (row.kink?.(value, one.attributes as never)) return;
        const expected = slope({ row, gradient, one }, forward, arrays, name, i);
        // What is saved is rounded to float32, and so are its parts of the gradient.
        const size = Math.max(1, ...analytic[o]!.values.map(Math.abs));
        expect(Math.abs(analytic[o]!.values[i]! - expected)).toBeLessThan(3e-5 * size);
      });
    });
  });
});
