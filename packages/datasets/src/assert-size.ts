/** The most numbers that a generated array may have: a GiB of float32. */
const MOST = 2 ** 28;

/**
 * Throws when an array is too large to be generated, before its memory is taken: an engine may end without an error when there
 * is none left.
 *
 * @param caller name of the calling function; starts the error
 * @param what the numbers are, in the plural
 * @param sizes whose product is the size of the array
 */
export function assertSize(caller: string, what: string, ...sizes: readonly number[]): void {
  const size = sizes.reduce((product, n) => product * n, 1);
  if (size > MOST) throw new Error(`${caller}: ${what} are ${size} numbers; give at most ${MOST}`);
}
