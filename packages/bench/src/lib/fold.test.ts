import { expect, it } from 'vitest';
import { fold, terminalColumns } from './fold';

const words = 'simd: WebAssembly SIMD and threads (@tenfold/backend-simd), variant relaxed';

it('breaks a line between words, and indents what follows', () => {
  expect(fold(words, 42)).toBe(
    'simd: WebAssembly SIMD and threads\n  (@tenfold/backend-simd), variant relaxed',
  );
  expect(fold(words, words.length)).toBe(words);
  expect(fold(words, undefined)).toBe(words);
  expect(fold('a-word-that-is-long and short', 6)).toBe('a-word-that-is-long\n  and\n  short');
});

it('breaks a line of parts between them', () => {
  expect(fold('cnn, epoch 1/8 | train loss 1.2 | test loss 1.1 | 75 s', 36)).toBe(
    'cnn, epoch 1/8 | train loss 1.2 |\n  test loss 1.1 | 75 s',
  );
});

it('counts no colors', () => {
  const bold = `\u001b[1m${'x'.repeat(5)}\u001b[22m y`;
  expect(fold(bold, 7)).toBe(bold);
});

it('takes the columns of a terminal alone', () => {
  const stream = (fields: object) => fields as NodeJS.WriteStream;
  expect(terminalColumns(stream({ isTTY: true, columns: 132 }))).toBe(132);
  expect(terminalColumns(stream({ isTTY: true }))).toBe(80);
  expect(terminalColumns(stream({ columns: 132 }))).toBeUndefined();
});
