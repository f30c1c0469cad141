import type { Options } from 'tsup';

/** Builds for browsers: replaces a file that needs Node by its `.browser` variant in the same folder. */
export const preferBrowserFiles: NonNullable<Options['esbuildOptions']> = (options) => {
  options.resolveExtensions = ['.browser.ts', '.ts', '.mjs', '.js', '.json'];
};
