import { showOptions } from '@tenfold/checks';

/** Throws unless heads divides width, by the names that both have in an architecture. */
export function assertHeads(name: string, options: object, width: number, heads: number): void {
  if (width % heads === 0) return;
  throw new Error(
    `${name}: ${showOptions(options, { width, heads })}; give a number of heads that divides width`,
  );
}
