import { defineConfig } from 'tsup';
import { library } from '../../tsup.config.base';

// Two builds into one folder at the same time: the script empties it before both, neither may do so itself.
export default defineConfig([
  { ...library, clean: false, shims: true },
  {
    ...library,
    clean: false,
    entry: { cli: 'src/cli/cli.ts', probe: 'src/backends/probe.ts' },
    format: ['esm'],
    dts: false,
  },
]);
