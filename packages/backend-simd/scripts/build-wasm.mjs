// Compiles assembly/ to the variants of the module and writes them to src/generated/ as base64, with the types of the kernels from
// AssemblyScript's declarations. Skips the work if sources and compiler have not changed; `--force` compiles anyway.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { transform } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = `${root}src/generated/`;
const dispatch = `${root}assembly/generated/`;
/** Activation functions that kernels fuse, and those that only elementwise kernels compute. */
const listOfFunctions = `${root}assembly/activations.ts`;
const listOfElementwise = `${root}assembly/elementwise-functions.ts`;
const listOfOptimizers = `${root}src/optimizer-rules.ts`;

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
    .update(await readFile(fileURLToPath(import.meta.url)))
    .update(await readFile(listOfOptimizers));
  for (const name of (await readdir(`${root}assembly`)).sort()) {
    if (name.endsWith('.ts')) hash.update(name).update(await readFile(`${root}assembly/${name}`));
  }
  return hash.digest('hex');
}

/** Reads the activation functions of the kernels from a file, and whether their gradients take x or y. */
async function readFunctions(file) {
  const source = await readFile(file, 'utf8');
  return source
    .split('@unmanaged export class ')
    .slice(1)
    .map((text, i) => {
      const [row] = /^\w+/.exec(text);
      const saved = /@inline gradient\(dy: v128, ([xy]): v128[,)]/.exec(text)?.[1];
      if (!saved) throw new Error(`${row} has no gradient(dy: v128, x: v128) or gradient(dy: v128, y: v128)`);
      return { name: row[0].toLowerCase() + row.slice(1), saved, row, code: i + 1 };
    });
}

/** Generates the code for each activation function: elementwise kernels, and the selection by number in batch norm. */
async function writeActivationKernels() {
  const functions = await readFunctions(listOfFunctions);
  const elementwise = await readFunctions(listOfElementwise);
  const comment =
    '// Made from assembly/activations.ts and elementwise-functions.ts by scripts/build-wasm.mjs; do not edit.\n';
  const join = (list) => list.map(({ row }) => row).join(', ');
  const range = 'first: i32, last: i32, scratch: usize';
  const kernels = [
    ...functions.map((f) => ({
      ...f,
      value: `Activation<${f.row}>`,
      gradient: `ActivationGradient<${f.row}>`,
    })),
    ...elementwise.map((f) => ({ ...f, value: f.row, gradient: f.row })),
  ].map(
    ({ name, value, gradient, saved }) =>
      `export function ${name}Value(x: usize, out: usize, p: f32, q: f32, ${range}): void { map<${value}>(x, out, p, q, first, last, scratch); }\n` +
      `export function ${name}Gradient(dy: usize, ${saved}: usize, dx: usize, p: f32, q: f32, ${range}): void { mapGradient<${gradient}>(dy, ${saved}, dx, p, q, first, last); }\n`,
  );
  const choose = (run) =>
    functions.map(({ code, ...f }) => `  if (code == ${code}) return ${run(f)};\n`).join('');
  const affine = 'mean: usize, scale: usize, shift: usize, pitch: i32, width: i32, rows: i32';
  const values = 'mean, scale, shift, pitch, width, rows';
  const onArgument = ({ row, saved }) => (saved === 'x' ? row : `FromArgument<${row}>`);
  const table = (name, list) =>
    `export const ${name} = {\n${list.map(({ name, saved }) => `  ${name}: '${saved}',\n`).join('')}} as const;\n`;
  await writeFile(
    `${out}activation-functions.ts`,
    comment + table('fused', functions) + table('elementwise', elementwise),
  );
  await rm(dispatch, { recursive: true, force: true });
  await mkdir(dispatch, { recursive: true });
  await writeFile(
    `${dispatch}activation-kernels.ts`,
    `${comment}import { ${join(functions)} } from '../activations';
import { ${join(elementwise)} } from '../elementwise-functions';
import { Activation, map } from '../map';
import { ActivationGradient, mapGradient } from '../map-gradient';

${kernels.join('')}`,
  );
  await writeFile(
    `${dispatch}activation-functions.ts`,
    `${comment}import { ${join(functions)} } from '../activations';
import { applyRows, FromArgument, gradientRows } from '../batch-norm-rows';

export function applyActivation(code: i32, x: usize, y: usize, ${affine}): void {
${choose(({ row }) => `applyRows<${row}>(x, y, ${values})`)}}

export function applyActivationGradient(code: i32, dy: usize, x: usize, g: usize, ${affine}): void {
${choose((f) => `gradientRows<${onArgument(f)}>(dy, x, g, ${values})`)}}
`,
  );
}

/** Generates the kernels of the rules in src/optimizer-rules.ts: loops around their formulas. */
async function writeOptimizerKernels() {
  const { code } = await transform(await readFile(listOfOptimizers, 'utf8'), { loader: 'ts' });
  const { optimizerRules } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  // Only the names of the scalars are needed here.
  const zeros = new Proxy({}, { get: () => 0 });
  const capitalized = (name) => name[0].toUpperCase() + name.slice(1);
  const kernels = Object.entries(optimizerRules).map(
    ([name, { slots, scalars, parameterScalars, formula }]) => {
      const inputs = ['g', 'p', ...slots];
      const outputs = ['update', ...slots.map((slot) => `new${capitalized(slot)}`)];
      const addresses = [...inputs, ...outputs].map(
        (each, i) => `    const ${each}At = pointerAt(entry, ${i});\n`,
      );
      // Two words come before the addresses.
      const behind = 2 + inputs.length + outputs.length;
      const numbers = [
        ...Object.keys(parameterScalars(0, zeros)).map(
          (each, i) => `    const ${each} = floatAt(entry, ${behind + i});\n`,
        ),
        ...Object.keys(scalars(zeros)).map((each, i) => `    const ${each} = floatAt(scalars, ${i});\n`),
      ];
      return `@unmanaged class ${name} {
  step(entry: usize, scalars: usize, first: i32, last: i32): void {
${addresses.join('')}${numbers.join('')}    const total = last - first;
    for (let i = first; i < last; i += 4) {
      const back = overlap(total, last - i);
      const width = back ? 4 : last - i;
      const at = bytes(i) - back;
${inputs.map((each) => `      const ${each} = loadPart(${each}At + at, width);\n`).join('')}${formula.replace(/^\n/, '')}
${outputs.map((each) => `      storePart(${each}At + at, ${each}, width);\n`).join('')}    }
  }
}

export function ${name[0].toLowerCase()}${name.slice(1)}(table: usize, words: i32, scalars: usize, first: i32, last: i32, scratch: usize): void {
  forEachParameter<${name}>(table, words, scalars, first, last);
}
`;
    },
  );
  await writeFile(
    `${dispatch}optimizers.ts`,
    `// Made from the rules of src/optimizer-rules.ts by scripts/build-wasm.mjs; do not edit.
import { choose } from '../math';
import { floatAt, forEachParameter, pointerAt } from '../optimizer';
import { bytes, multiplyAdd } from '../simd';
import { loadPart, overlap, storePart } from '../vector';

// Items: blocks of BLOCK elements of all parameters.
${kernels.join('\n')}`,
  );
}

/** @returns the contents of the compiler's output files, by extension. */
async function compile(flags) {
  const written = {};
  const { error, stderr } = await asc.main([...common, ...optimize, ...flags, '--outFile', 'module.wasm'], {
    readFile: (name, base) => readFile(`${base ?? ''}/${name}`, 'utf8').catch(() => null),
    writeFile: (name, contents) => {
      written[name.slice(name.indexOf('.') + 1)] = contents;
    },
    listFiles: () => [],
    baseDir: root,
  });
  if (error || !written.wasm) throw new Error(`asc failed:\n${stderr.toString()}`, { cause: error });
  return written;
}

// Distances in bytes are usize too, so that they can be added to addresses.
const isDistance = (parameter) => /(Bytes|Step|Panel)$/.test(parameter);
const tsTypes = { usize: 'Pointer', i32: 'number', f32: 'number' };

/** Generates the TypeScript interface of the kernels from the compiler's declarations, which have a comment with the parameter types. */
function kernelInterface(declarations) {
  const methods = [];
  const pattern =
    /\/\*\*\n\s+\* (assembly\/\S+)\n((?:\s+\* @param .*\n)*)\s+\*\/\n\s+export function (\w+)\(/g;
  for (const [, , parameters, name] of declarations.matchAll(pattern)) {
    const list = [...parameters.matchAll(/@param (\w+) `(\w+)`/g)].map(([, parameter, type]) => {
      if (!tsTypes[type])
        throw new Error(`${name}: ${parameter} is ${type}; expected ${Object.keys(tsTypes)}`);
      return `${parameter}: ${isDistance(parameter) ? 'number' : tsTypes[type]}`;
    });
    if (list.slice(-3).join() !== 'first: number,last: number,scratch: Pointer')
      throw new Error(`${name}(${list}) does not end with first, last and scratch`);
    methods.push(`  ${name}(${list.join(', ')}): void;\n`);
  }
  const count = declarations.match(/export function /g).length;
  if (methods.length !== count) throw new Error(`${count} exports, ${methods.length} of them understood`);
  return `import type { Pointer } from '../pointer';\n\nexport interface Kernels {\n${methods.join('')}}\n`;
}

/** Finds the byte for shared memory, the only one in which both forms of a module differ, so that only one is shipped. */
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
  await writeActivationKernels();
  await writeOptimizerKernels();
  const comment = '// Made from assembly/ by scripts/build-wasm.mjs; do not edit.\n';
  const sizes = {};
  for (const [name, flags] of Object.entries(variants)) {
    const { wasm: binary, 'd.ts': declarations } = await compile([
      '--bindings',
      'raw',
      '--baseDir',
      root,
      ...flags,
    ]);
    if (!WebAssembly.validate(binary) && name.startsWith('baseline'))
      throw new Error(`${name} is not a valid module`);
    const flag = memoryFlag(name, binary, (await compile(['--baseDir', root, ...flags, ...shared])).wasm);
    const base64 = Buffer.from(binary).toString('base64');
    await writeFile(`${out}${name}.ts`, `${comment}export default { flag: ${flag}, base64: '${base64}' };\n`);
    if (name === 'baseline') await writeFile(`${out}kernels.ts`, comment + kernelInterface(declarations));
    sizes[name] = binary.length;
  }
  await writeFile(stamp, `${JSON.stringify({ hash, sizes })}\n`);
  console.log(
    `compiled ${Object.entries(sizes)
      .map(([name, size]) => `${name} ${size} B`)
      .join(', ')}`,
  );
}
