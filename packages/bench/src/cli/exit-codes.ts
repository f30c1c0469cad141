/** Done, but something could not be written. */
export const INCOMPLETE = 3;
