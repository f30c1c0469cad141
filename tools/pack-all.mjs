// Packs every package as it would be published, so that a project can install it before it is; see README.md.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packAll } from './pack.mjs';
import { root } from './pnpm.mjs';
import { install, turbo } from './prepare.mjs';

const folder = join(root, '.cache', 'packed');

export async function main() {
  if (!(await install())) return 1;
  if (!(await turbo(['generate', 'build'], { title: 'building' }))) return 1;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const packed = packAll(folder);
  console.log(`${packed.length} packages packed; install them in your project, all in one command:`);
  console.log(`npm install @tensorflow/tfjs-core ${join(folder, '*.tgz')}`);
  return 0;
}
