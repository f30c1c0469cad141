import { join } from 'node:path';
import { root } from './api.mjs';

/** A plugin of esbuild that takes Tenfold's packages from their source, as the tests do. */
export const fromSource = {
  name: 'from-source',
  setup({ onResolve }) {
    onResolve({ filter: /^@tenfold\/[a-z-]+$/ }, ({ path }) => ({
      path: join(root, 'packages', path.split('/')[1], 'src/index.ts'),
    }));
  },
};
