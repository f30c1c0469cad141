/** One training of a run: a model with a seed. */
export interface Training {
  model: string;
  seed: number;
}

export const isSame = (a: Training, b: Training): boolean => a.model === b.model && a.seed === b.seed;

/** 'cnn with seed 5' */
export const trainingText = ({ model, seed }: Training): string => `${model} with seed ${seed}`;

/** The name of its files, without extensions. */
export const trainingFile = ({ model, seed }: Training): string => `${model}-seed-${seed}`;
