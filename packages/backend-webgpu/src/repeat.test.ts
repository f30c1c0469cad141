import { expect, it } from 'vitest';
import { repeat } from './repeat';

it('writes a statement out, each in a separate scope', () => {
  expect(repeat(true, 2, (i) => `let at = ${i}; sum += x[at];`)).toBe(
    '{ let at = 0u; sum += x[at]; }\n  { let at = 1u; sum += x[at]; }',
  );
});

it('writes a loop', () => {
  expect(repeat(false, 2, (i) => `sum += x[${i}];`)).toBe(
    'for (var part = 0u; part < 2u; part++) { sum += x[part]; }',
  );
});
