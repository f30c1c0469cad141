// Writes the table of fused kernels into the KERNELS.md of the backends, between the markers `<!-- generated: kernels -->` and
// `<!-- /generated -->`: node tools/kernel-cases/write-tables.mjs [--check]
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { outputFiles } = await build({
  entryPoints: [`${root}tools/kernel-cases/src/index.ts`],
  bundle: true,
  format: 'esm',
  write: false,
  external: ['@tensorflow/*'],
  alias: {
    '@tenfold/checks': `${root}packages/checks/src/index.ts`,
    '@tenfold/random': `${root}packages/random/src/index.ts`,
  },
});
const { fusedKernelTable, kernelRows } = await import(
  `data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`
);
const table = fusedKernelTable(kernelRows);
const biome = createRequire(`${root}package.json`).resolve('@biomejs/biome/bin/biome');

for (const file of ['packages/backend-simd/KERNELS.md', 'packages/backend-webgpu/KERNELS.md']) {
  const before = existsSync(root + file) ? readFileSync(root + file, 'utf8') : '';
  const filled = before.replace(
    /(<!-- generated: kernels -->\n)[\s\S]*?(<!-- \/generated -->)/,
    (_, begin, end) => `${begin}\n${table}\n\n${end}`,
  );
  if (filled === before) continue;
  const options = { input: filled, cwd: root, encoding: 'utf8' };
  const after = execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${file}`], options);
  if (after === before) continue;
  if (process.argv.includes('--check')) {
    console.log(`${file} is stale; run node tools/kernel-cases/write-tables.mjs`);
    process.exitCode = 1;
  } else writeFileSync(root + file, after);
}
