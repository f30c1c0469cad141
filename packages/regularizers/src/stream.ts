import { objectWith } from '@tenfold/checks';

export const streamKind = objectWith(
  'a stream such as createRng(1)',
  'uniform',
  'integer',
  'fillNormal',
  'fork',
);

/** The error for a missing stream in training. */
export const noStream = (name: string): Error =>
  new Error(`${name}: rng is missing in training; give { rng: createRng(seed) }, or train with a seed`);
