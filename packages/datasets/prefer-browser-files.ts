import type { Options } from 'tsup';

/** Builds for browsers: a file that needs Node has a namesake for browsers beside it. */
export const preferBrowserFiles: NonNullable<Options['esbuildOptions']> = (options) => {
  options.resolveExtensions = ['.browser.ts', '.ts', '.mjs', '.js', '.json'];
};
