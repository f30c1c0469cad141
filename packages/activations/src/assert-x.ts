import { object, show } from '@tenfold/checks';

/**
 * Throws when the options of a function are given in place of x, as if it made another function.
 *
 * @param known names of the options
 */
export function assertX(name: string, x: unknown, known: object): void {
  if (!object.accepts(x)) return;
  const given = Object.entries(x as object);
  if (given.length === 0 || !given.every(([option]) => Object.hasOwn(known, option))) return;
  const list = given.map(([option, value]) => `${option}: ${show(value)}`).join(', ');
  throw new Error(
    `${name}: x is the options { ${list} }; give x first, and for a layer or an activation with these options a function: (x) => ${name}(x, { ${list} })`,
  );
}
