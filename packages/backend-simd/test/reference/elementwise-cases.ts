/** Lengths around the widths of vectors, unrolled loops and tasks. */
export const sizes = [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 63, 64, 65, 1000];

/** Values at which approximations and comparisons are difficult. */
export const extremes = [
  ...[0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 80, -80, 88.7, 89, -87.3, -88, -103, -110, 1e-3, -1e-3],
  ...[1e-30, -1e-30, 1e-40, -1e-40, 1e30, -1e30, 3e38, -3e38, 0.625, 0.9375, -0.9999999, 6, 7, 20, -20],
  ...[Infinity, -Infinity, NaN],
];

/** Pairs of shapes, one for each pattern of broadcasting that a kernel handles separately. */
export const broadcasts: [number[], number[]][] = [
  [[], []],
  [[1], [1]],
  [[], [7]],
  [[9], []],
  [[0], [1]],
  [
    [0, 3],
    [1, 3],
  ],
  ...sizes.map((n): [number[], number[]] => [[n], [n]]),
  [[1000], [1]],
  [[1, 1], [65]],
  [[130, 10], [10]],
  [[10], [130, 10]],
  [[200, 3], [3]],
  [[65, 64], [64]],
  [[5, 65], [65]],
  [
    [33, 7],
    [33, 1],
  ],
  [
    [33, 1],
    [33, 7],
  ],
  [
    [9, 1],
    [1, 7],
  ],
  [
    [1, 70],
    [9, 1],
  ],
  [
    [4, 5, 6, 7],
    [4, 1, 1, 7],
  ],
  [
    [4, 5, 6, 7],
    [1, 5, 6, 1],
  ],
  [
    [2, 3, 4, 5],
    [3, 1, 5],
  ],
  [
    [2, 1, 3, 1, 4],
    [1, 3, 1, 2, 4],
  ],
  [
    [3, 1, 5, 1, 2, 1],
    [1, 4, 1, 2, 1, 3],
  ],
  [
    [2, 3, 1, 4, 1, 5],
    [2, 1, 3, 1, 4, 5],
  ],
];
