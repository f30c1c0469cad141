import { describe, expect, it } from 'vitest';
import { type Adapter, checkCase, runnableCases } from './check';
import { listGradients } from './row';
import { kernelRows } from './rows';
import { activation } from './rows/activation';
import { elementwiseFunctions } from './rows/elementwise-functions';
import { functions } from './rows/functions';

const [, one] = runnableCases(activation);
/** A backend that computes the reference, changed by `spoil`. */
const adapter =
  (spoil: (values: Float64Array) => void): Adapter =>
  () =>
    one!.expected(one!.inputs()).outputs.map(({ shape, values }) => {
      spoil(values);
      return { shape, values };
    });

describe('checkCase', () => {
  it('takes what agrees', () =>
    expect(
      checkCase(
        adapter(() => {}),
        one!,
      ),
    ).resolves.toBeUndefined());

  it.each([
    ['a wrong value', (values: Float64Array) => values.fill(1)],
    ['NaN', (values: Float64Array) => values.fill(Number.NaN)],
  ])('refuses %s', (_, spoil) => expect(checkCase(adapter(spoil), one!)).rejects.toThrow(/element 0/));

  it('refuses another shape and another number of outputs', async () => {
    await expect(checkCase(() => [{ shape: [2], values: [0, 0] }], one!)).rejects.toThrow(/has shape \[2\]/);
    await expect(checkCase(() => [], one!)).rejects.toThrow(/0 outputs/);
  });
});

it('tries every activation function', () => {
  const tried = new Set(
    activation.cases.map(({ attributes }) => (attributes as { function: string }).function),
  );
  expect([...tried]).toEqual(Object.keys({ ...functions, ...elementwiseFunctions }));
});

it('has each kernel once', () => {
  const names = kernelRows.flatMap((row) => [
    row.kernel,
    ...listGradients(row).map(({ kernel }) => kernel),
    row.list?.kernel,
  ]);
  const inputs = names.filter((name) => name !== undefined);
  expect(new Set(inputs).size).toBe(inputs.length);
});
