import type { Unpacked } from './pack';

/** The state of a mean: the sum of weight times value, and the sum of the weights. */
export type Mean = readonly [sum: number, weight: number];

/** The state and the result of a metric that is a mean over the examples; `of` computes the value of the example `i`. */
export const meanOf = <O>(of: (columns: ArrayLike<number>[], i: number, options: O) => number) => ({
  start: [0, 0] as Mean,
  add([sum, weight]: Mean, { columns, weights }: Unpacked, options: O): Mean {
    let [total, all] = [sum, weight];
    for (let i = 0; i < weights.length; i++) {
      total += weights[i]! * of(columns, i, options);
      all += weights[i]!;
    }
    return [total, all];
  },
  result: ([sum, weight]: Mean): number => sum / weight,
});
