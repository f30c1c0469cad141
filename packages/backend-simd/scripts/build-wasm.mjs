// Compiles assembly/ to the variants of the module and writes them to src/generated/ as base64.
// Skips the work when sources and compiler are those of the last run. `--force` compiles anyway.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = `${root}src/generated/`;

const common = ['assembly/index.ts', '--runtime', 'stub', '--importMemory', '--maximumMemory', '65536'];
const optimize = ['-O3', '--noAssert', '--enable', 'simd', '--enable', 'bulk-memory'];
const shared = ['--enable', 'threads', '--sharedMemory'];
const narrow = ['--use', 'TENFOLD_WIDE=0'];
const relaxed = ['--enable', 'relaxed-simd'];
const wide = [...relaxed, '--use', 'TENFOLD_WIDE=1'];
const variants = {
  baseline: [...narrow],
  relaxed: [...relaxed, ...narrow],
  wide: [...wide],
};

async function sourceHash() {
  const hash = createHash('sha256')
    .update(asc.version)
    .update(await readFile(fileURLToPath(import.meta.url)));
  for (const name of (await readdir(`${root}assembly`)).sort()) {
    if (name.endsWith('.ts')) hash.update(name).update(await readFile(`${root}assembly/${name}`));
  }
  return hash.digest('hex');
}

async function compile(flags) {
  let binary;
  const { error, stderr } = await asc.main([...common, ...optimize, ...flags, '--outFile', 'module.wasm'], {
    readFile: (name, base) => readFile(`${base ?? ''}/${name}`, 'utf8').catch(() => null),
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) binary = contents;
    },
    listFiles: () => [],
    baseDir: root,
  });
  if (error || !binary) throw new Error(`asc failed:\n${stderr.toString()}`, { cause: error });
  return binary;
}

/** Where the module says whether its memory is shared: the only byte in which the two forms differ, so that one is shipped. */
function memoryFlag(name, single, shared) {
  const differing = [...single.keys()].filter((i) => single[i] !== shared[i]);
  const [at] = differing;
  if (single.length !== shared.length || differing.length !== 1 || single[at] !== 1 || shared[at] !== 3)
    throw new Error(`${name} differs from its form for shared memory in more than a flag`);
  return at;
}

const hash = await sourceHash();
const stamp = `${out}stamp.json`;
const previous = await readFile(stamp, 'utf8').then(JSON.parse, () => ({}));
if (previous.hash === hash && !process.argv.includes('--force')) {
  console.log('wasm modules are up to date');
} else {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const sizes = {};
  for (const [name, flags] of Object.entries(variants)) {
    const binary = await compile(['--baseDir', root, ...flags]);
    if (!WebAssembly.validate(binary) && name.startsWith('baseline'))
      throw new Error(`${name} is not a valid module`);
    const flag = memoryFlag(name, binary, await compile(['--baseDir', root, ...flags, ...shared]));
    const base64 = Buffer.from(binary).toString('base64');
    const comment = '// Made from assembly/ by scripts/build-wasm.mjs; do not edit.\n';
    await writeFile(`${out}${name}.ts`, `${comment}export default { flag: ${flag}, base64: '${base64}' };\n`);
    sizes[name] = binary.length;
  }
  await writeFile(stamp, `${JSON.stringify({ hash, sizes })}\n`);
  console.log(
    `compiled ${Object.entries(sizes)
      .map(([name, size]) => `${name} ${size} B`)
      .join(', ')}`,
  );
}
