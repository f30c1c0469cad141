import { objectWith } from '@tenfold/checks';

export const streamKind = objectWith('a stream such as createRng(1)', 'uniform', 'integer', 'fork');

/** The error of a pass that has nothing to draw from. */
export const noStream = (name: string): Error =>
  new Error(
    `${name}: there is no rng to draw from while training; pass { rng: createRng(seed) }, or train with a seed`,
  );
