import { between, integer, type Kind, listOf, required } from '@tenfold/checks';

// Checked by tag, not by class: iframes and test runners have a separate Float32Array class in each realm.
const isFloat32Array = (value: unknown): boolean =>
  Object.prototype.toString.call(value) === '[object Float32Array]';

export const floats: Kind = required({ expected: 'a Float32Array', accepts: isFloat32Array });

const word: Kind = {
  expected: 'an integer from 0 to 2^32 - 1',
  accepts: (value) => integer.accepts(value) && between(0, 2 ** 32 - 1).accepts(value),
};

export const counterKey: Kind = required(listOf(word, 2));
