import { z } from 'zod';

/** A width, a depth or another size of a network. */
export const size = z.int().min(1).max(65536);
/** A probability below 1, such as a dropout rate. */
export const share = z.number().min(0).lt(1);
