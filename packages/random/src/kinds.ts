import { between, integer, type Kind, listOf, required } from '@tenfold/checks';

// By its tag and not its class, since a page or a test runner may have several worlds with one of each.
const isFloat32Array = (value: unknown): boolean =>
  Object.prototype.toString.call(value) === '[object Float32Array]';

export const floats: Kind = required({ expected: 'a Float32Array', accepts: isFloat32Array });

const word: Kind = {
  expected: 'an integer from 0 to 2^32 - 1',
  accepts: (value) => integer.accepts(value) && between(0, 2 ** 32 - 1).accepts(value),
};

export const counterKey: Kind = required(listOf(word, 2));
