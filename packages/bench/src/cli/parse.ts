import { InvalidArgumentError } from 'commander';
import { closestMatch } from 'leven';

/** Creates a parser for whole numbers in [minimum, maximum]. */
export function integer(minimum: number, maximum = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range =
    maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
  return (text) => {
    const value = Number(text);
    if (!/^[+-]?\d+$/.test(text) || value < minimum || value > maximum) {
      throw new InvalidArgumentError(`Expected a whole number ${range}.`);
    }
    return value;
  };
}

/** Creates a parser for numbers of at least `minimum`, such as 0.5. */
export function decimal(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[+-]?\d+(\.\d+)?$/.test(text) || value < minimum) {
      throw new InvalidArgumentError(`Expected a number of at least ${minimum}, such as 2.5.`);
    }
    return value;
  };
}

/** A parser for texts such as paths, which refuses an empty one: that of an unset variable would mean the current folder. */
export function filled(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Expected a text that is not empty.');
  return text;
}

/** Creates a parser for one of several names; its error suggests the nearest name. */
export function oneOf<T extends string>(names: readonly T[]): (text: string) => T {
  return (text) => {
    const found = names.find((name) => name === text.toLowerCase());
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`Expected ${enumerate(names)}.${suggestion(text, names)}`);
  };
}

/** Creates a parser for a comma-separated list. */
export function listOf<T>(parse: (text: string) => T): (text: string) => T[] {
  return (text) => {
    const items = text.split(',').map((item) => item.trim());
    if (items.some((item) => item === '')) {
      throw new InvalidArgumentError('Expected names or numbers separated by single commas.');
    }
    return items.map(parse);
  };
}

/** Creates a parser that refuses a list with duplicates. */
export function distinct<T>(parse: (text: string) => T[]): (text: string) => T[] {
  return (text) => {
    const items = parse(text);
    const twice = items.find((item, index) => items.indexOf(item) !== index);
    if (twice !== undefined) throw new InvalidArgumentError(`'${twice}' is listed twice.`);
    return items;
  };
}

/** ' Did you mean x?', or an empty string when no name is near. */
export function suggestion(text: string, names: readonly string[]): string {
  const typed = text.toLowerCase();
  const within = typed.length > 1 ? names.find((name) => name.includes(typed)) : undefined;
  const nearest = within ?? closestMatch(typed, [...names], { maxDistance: 2 });
  return nearest === undefined ? '' : ` Did you mean ${nearest}?`;
}

/** 'a, b or c'. */
export function enumerate(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
