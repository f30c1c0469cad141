import { distance } from 'fastest-levenshtein';
import { assertArgument } from './assert-argument';
import type { Kind } from './kind';

const isText = (value: unknown): value is string => typeof value === 'string';
const text: Kind = { expected: 'a string', accepts: isText, required: true };
const names: Kind = {
  expected: 'an array of strings',
  accepts: (value) => Array.isArray(value) && value.every(isText),
  required: true,
};

/**
 * The known name that a wrong one most likely means: equal apart from case and separators, abbreviated to the initials of
 * its words or to its beginning, or misspelled in at most a third of its letters.
 *
 * @returns undefined when no name is near
 * @example
 * nearestName('lr', ['learningRate', 'momentum']); // 'learningRate'
 * nearestName('weight_decay', ['weightDecay']); // 'weightDecay'
 */
export function nearestName(wrong: string, known: readonly string[]): string | undefined {
  assertArgument('nearestName', 'wrong', wrong, text);
  assertArgument('nearestName', 'known', known, names);
  const plain = normalize(wrong);
  if (plain === '') return undefined;
  const same = known.find((name) => normalize(name) === plain);
  if (same) return same;
  const abbreviated = known.find(
    (name) => takeInitials(name) === plain || (plain.length >= 2 && normalize(name).startsWith(plain)),
  );
  if (abbreviated) return abbreviated;
  const ranked = known
    .map((name) => ({ name, far: distance(plain, normalize(name)) }))
    .sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best && best.far <= Math.max(1, Math.floor(Math.max(plain.length, best.name.length) / 3))
    ? best.name
    : undefined;
}

const normalize = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

const takeInitials = (name: string): string => {
  const words = name.split(/(?=[A-Z0-9])|[^A-Za-z0-9]+/).filter(Boolean);
  return words.length > 1 ? words.map((word) => word[0]!.toLowerCase()).join('') : '';
};
