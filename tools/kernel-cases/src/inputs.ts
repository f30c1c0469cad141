import { createRng } from '@tenfold/random';
import { shapeSize } from './array';

/** An operand of a case: the values are made when the case runs. */
export interface Input {
  shape: readonly number[];
  values: () => Float32Array;
  /** float32 by default. */
  dtype?: 'bool';
}

interface NormalOptions {
  shift?: number;
  scale?: number;
}

/** Normally distributed numbers, the same for the same seed and size. */
export function normal(
  shape: readonly number[],
  seed: number,
  { shift = 0, scale = 1 }: NormalOptions = {},
): Input {
  return {
    shape,
    values: () => {
      const values = new Float32Array(shapeSize(shape));
      createRng(seed).fillNormal(values);
      return values.map((value) => shift + scale * value);
    },
  };
}

/** Squares of normally distributed numbers. */
export function squares(shape: readonly number[], seed: number): Input {
  const { values } = normal(shape, seed);
  return { shape, values: () => values().map((value) => value * value) };
}

/** `size` numbers at equal distances. */
export function grid(size: number, from: number, to: number): Input {
  const step = (to - from) / Math.max(1, size - 1);
  return { shape: [size], values: () => Float32Array.from({ length: size }, (_, i) => from + i * step) };
}

/** These numbers. */
export const values = (numbers: readonly number[], shape: readonly number[] = [numbers.length]): Input => ({
  shape,
  values: () => Float32Array.from(numbers),
});

/** A condition, bool []. */
export const condition = (isTrue: boolean): Input => ({ ...values([isTrue ? 1 : 0], []), dtype: 'bool' });

/** The inputs of a kernel that takes a list. */
export const list = (inputs: readonly Input[]): { [name: string]: Input } =>
  Object.fromEntries(inputs.entries());
