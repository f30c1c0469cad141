/** The values that recipes share unless they override them. */
export const baseRecipe = {
  batchSize: 250,
  labelSmoothing: 0.1,
  augmentation: { shift: 2, flip: 'random', cutout: 0 },
  testViews: 1,
} as const;
