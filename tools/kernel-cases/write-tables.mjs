// Writes src/rows.ts, the list of all rows in src/rows/, and the table of fused kernels into the KERNELS.md of the backends,
// between the markers `<!-- generated: kernels -->` and `<!-- /generated -->`: node tools/kernel-cases/write-tables.mjs [--check]
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));
const biome = createRequire(`${root}package.json`).resolve('@biomejs/biome/bin/biome');

const folder = 'tools/kernel-cases/src/rows/';
const rows = readdirSync(root + folder)
  .sort()
  .map((name) => ({
    from: `./rows/${name.slice(0, -'.ts'.length)}`,
    names: [
      ...readFileSync(root + folder + name, 'utf8').matchAll(
        /^export const (\w+): (readonly )?KernelRow(\[\])?\s+=/gm,
      ),
    ].map(([, row]) => row),
  }))
  .filter(({ names }) => names.length > 0);
write(
  'tools/kernel-cases/src/rows.ts',
  `// Made from the files of rows/ by write-tables.mjs; do not edit.
import type { KernelRow } from './row';
${rows.map(({ from, names }) => `import { ${[...names].sort().join(', ')} } from '${from}';\n`).join('')}
/** Every kernel that is tried: the fused ones of the contract, and those of tfjs that trainings run. */
export const kernelRows: readonly KernelRow[] = [${rows.flatMap(({ names }) => names).join(', ')}].flat();
`,
);
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
// The kernels that every backend has are described once, in the KERNELS.md of simd.
const tables = {
  'packages/backend-simd/KERNELS.md': kernelRows.filter(({ gpuOnly }) => !gpuOnly),
  'packages/backend-webgpu/KERNELS.md': kernelRows.filter(({ gpuOnly }) => gpuOnly),
};
for (const [file, rows] of Object.entries(tables)) {
  const table = fusedKernelTable(rows);
  const before = existsSync(root + file) ? readFileSync(root + file, 'utf8') : '';
  const filled = before.replace(
    /(<!-- generated: kernels -->\n)[\s\S]*?(<!-- \/generated -->)/,
    (_, begin, end) => `${begin}\n${table}\n\n${end}`,
  );
  write(file, filled);
}

/** Writes a file as biome formats it; with --check it only says that the file is stale. */
function write(file, text) {
  const before = existsSync(root + file) ? readFileSync(root + file, 'utf8') : '';
  if (text === before) return;
  const options = { input: text, cwd: root, encoding: 'utf8' };
  const after = execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${file}`], options);
  if (after === before) return;
  if (process.argv.includes('--check')) {
    console.log(`${file} is stale; run node tools/kernel-cases/write-tables.mjs`);
    process.exitCode = 1;
  } else writeFileSync(root + file, after);
}
