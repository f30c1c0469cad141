// Writes src/rows.ts, the list of all rows in src/rows/, and the tables in the KERNELS.md of the backends, between the
// markers `<!-- generated: WHAT -->` and `<!-- /generated -->`: node tools/kernel-cases/write-tables.mjs [--check]
// WHAT is `kernels`, what each fused kernel takes and gives, or `support`, which backend has which kernel.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { importSource } from './bundle.mjs';

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
/** All tested kernels: the fused ones of the contract, and tfjs's kernels that are used in training. */
export const kernelRows: readonly KernelRow[] = [${rows.flatMap(({ names }) => names).join(', ')}].flat();
`,
);
const cases = 'tools/kernel-cases';
const { fusedKernelTable, kernelRows, supportTable } = await importSource(
  `${root}${cases}/src/index.ts`,
  `${root}${cases}/node_modules/.cache/cases.mjs`,
);
const support = supportTable(kernelRows, [
  await findKernels('simd', 'wasm', 'cpu'),
  await findKernels('webgpu', 'WGSL', 'webgpu'),
]);
// The kernels that every backend has are described once, in the KERNELS.md of simd.
const described = {
  'packages/backend-simd/KERNELS.md': kernelRows.filter(({ gpuOnly }) => !gpuOnly),
  'packages/backend-webgpu/KERNELS.md': kernelRows.filter(({ gpuOnly }) => gpuOnly),
};
for (const [file, rows] of Object.entries(described)) {
  const tables = { kernels: fusedKernelTable(rows), support };
  const filled = readFileSync(root + file, 'utf8').replace(
    /(<!-- generated: (\w+) -->\n)[\s\S]*?(<!-- \/generated -->)/g,
    (_, begin, what, end) => `${begin}\n${tables[what]}\n\n${end}`,
  );
  write(file, filled);
}

/** What a backend registers, and what the backend of tfjs on which it builds does. */
async function findKernels(name, language, tfjs) {
  const folder = `${root}packages/backend-${name}/`;
  const { kernels } = await importSource(
    `${folder}src/kernels/index.ts`,
    `${folder}node_modules/.cache/kernels.mjs`,
  );
  const { getKernelsForBackend } = createRequire(folder)('@tensorflow/tfjs-core');
  const fromTfjs = getKernelsForBackend(tfjs).map(({ kernelName }) => kernelName);
  return { name, language, kernels, fromTfjs };
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
