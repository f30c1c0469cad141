import { show } from './show';

/**
 * Finds what is wrong in nested arrays that should hold numbers: an entry that is none, or an array of another length than the first
 * next to it.
 *
 * @param what name of the value, with which its places start
 * @param value nested and typed arrays
 * @returns the start of a sentence, or undefined if nothing is wrong
 * @example
 * findMisfit('xs', [[1, 2], [3]]); // xs[1] has 1 entry but xs[0] has 2
 * findMisfit('xs', [[1, null]]); // xs[0][1] is null
 */
export function findMisfit(what: string, value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean' || isNumberArray(value)) return undefined;
  if (!Array.isArray(value)) return `${what} is ${show(value)}`;
  // A loop, because `find` would skip the holes of a sparse array.
  for (let i = 0; i < value.length; i++) {
    const misfit = findMisfit(`${what}[${i}]`, value[i]);
    if (misfit !== undefined) return misfit;
  }
  const lengthOf = (entry: unknown) => (entry as { length?: number } | undefined)?.length;
  const first = lengthOf(value[0]);
  const other = value.findIndex((entry) => lengthOf(entry) !== first);
  if (other < 0) return undefined;
  const count = (length: number | undefined) =>
    length === undefined ? 'is a number' : `has ${length} ${length === 1 ? 'entry' : 'entries'}`;
  return `${what}[${other}] ${count(lengthOf(value[other]))} but ${what}[0] ${count(first)}`;
}

/** Whether a value is a typed array, other than one of bigints. */
const isNumberArray = (value: unknown): boolean =>
  ArrayBuffer.isView(value) &&
  typeof (value as { length?: unknown }).length === 'number' &&
  typeof (value as unknown as unknown[])[0] !== 'bigint';
