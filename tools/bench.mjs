import { join } from 'node:path';
import { root } from './pnpm.mjs';
import { install, turbo } from './prepare.mjs';
import { handOver } from './stage.mjs';

/** `npm run bench -- …`: installs and builds the bench's dependencies, then runs it with these arguments. */
export async function main(args) {
  if (!(await install())) return 1;
  const build = { title: 'building the bench', filter: '@tenfold/bench', env: { TENFOLD_TYPES: 'none' } };
  if (!(await turbo(['build'], build))) return 1;
  return handOver(process.execPath, [join(root, 'packages/bench/dist/cli.js'), ...args]);
}
