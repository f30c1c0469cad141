import type { Options } from 'tsup';

/** What every published package is built with: ESM and CJS with types for each, readable output, nothing bundled but its own source. */
export const library: Options = {
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  // Declarations take four fifths of the time; a program that only runs needs none.
  dts: process.env.TENFOLD_TYPES !== 'none',
  clean: true,
  sourcemap: true,
  treeshake: true,
  target: 'es2022',
  // Bundlers recognize Node's own modules by their prefix.
  removeNodeProtocol: false,
  tsconfig: 'tsconfig.json',
};
