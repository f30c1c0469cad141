/** A tensor in double precision, as references compute it. */
export interface Array64 {
  shape: readonly number[];
  values: Float64Array;
}

export const shapeSize = (shape: readonly number[]): number => shape.reduce((size, n) => size * n, 1);

/** An array of that shape from its flat index. */
export const make = (shape: readonly number[], value: (i: number) => number): Array64 => ({
  shape,
  values: Float64Array.from({ length: shapeSize(shape) }, (_, i) => value(i)),
});

/** Every value of an array, changed. */
export const map = ({ shape, values }: Array64, f: (value: number, i: number) => number): Array64 => ({
  shape,
  values: values.map(f),
});
