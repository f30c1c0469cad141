// Installs the packed packages into an empty project and uses them as a user would: every package with import and require,
// the README's first program with both and in Bun and Deno, the first programs of the packages' READMEs after their install
// commands, and the packages' types with several kinds of module resolution.
//   node tools/smoke/run.mjs [README]
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { emptyFolder, packAll } from '../pack.mjs';
import { npm, root, shell } from '../pnpm.mjs';
import { CANNOT_RUN } from '../stage.mjs';
import { firstProgram, installed, readImports } from './program.mjs';

const CORE = '@tensorflow/tfjs-core';
const CPU = '@tensorflow/tfjs-backend-cpu';
const BUN = '1.4.5';
const DENO = '2.9.6';
/** Packages whose first programs are not run here. */
const notRun = {
  datasets: 'it downloads 139 MB',
  'backend-webgpu': 'it needs a WebGPU adapter; tools/browser and the unit tests have one',
  bench: 'it reads the results of a run',
};
const readme = process.argv[2] ?? join(root, 'README.md');
const project = emptyFolder('smoke');
try {
  const packages = install();
  everyPackage(packages.filter((name) => !programs(name).length));
  for (const name of packages) for (const file of programs(name)) run(file, '--help');
  program();
  otherRuntimes();
  const count = readmes(packages);
  types(packages);
  console.log(
    `${packages.length} packages installed, imported, required and type-checked; the README's program ran in both, in Bun and in Deno, those of ${count} packages in Node`,
  );
} catch (error) {
  console.log(error.message);
  process.exitCode = error.exitCode ?? 1;
} finally {
  rmSync(project, { recursive: true, force: true });
}

function install() {
  mkdirSync(join(project, 'tarballs'));
  const packed = packAll(join(project, 'tarballs'));
  const dependencies = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]));
  for (const name of [CORE, CPU]) dependencies[name] = coreVersion();
  write('package.json', JSON.stringify({ name: 'smoke', private: true, dependencies }, null, 2));
  npmInstall();
  return packed.map(({ name }) => name);
}

/** Installs from npm's cache if it is complete, so that a machine without network can run this again. */
function npmInstall() {
  const npmHere = (...args) => execFileSync(npm, args, { cwd: project, shell, stdio: 'pipe' });
  const install = [
    'install',
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
    '--loglevel=error',
    '--fetch-retries=1',
  ];
  try {
    npmHere(...install, '--offline');
  } catch {
    try {
      npmHere(...install);
    } catch (error) {
      try {
        npmHere('view', CORE, 'version', '--fetch-retries=0', '--prefer-online');
      } catch {
        const why = "npm's registry cannot be reached, and npm's cache lacks what the packages depend on";
        throw Object.assign(new Error(why), { exitCode: CANNOT_RUN });
      }
      throw new Error(`npm install: ${error.stderr}`);
    }
  }
}

/** The programs (bin) of a package, which are started instead of imported. */
function programs(name) {
  const folder = join(project, 'node_modules', name);
  const { bin = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return Object.values(bin).map((file) => join(folder, file));
}

/** Every package loads both ways, exports the same names both ways, and shares one tfjs-core. */
function everyPackage(names) {
  write(
    'every.mjs',
    `import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    const tf = await import('${CORE}');
    for (const name of ${JSON.stringify(names)}) {
      const [imported, required] = [Object.keys(await import(name)), Object.keys(require(name))];
      const [a, b] = [imported, required].map((keys) => keys.filter((key) => key !== 'default').sort().join());
      if (a !== b) throw new Error(\`\${name}: import gives \${a}; require gives \${b}\`);
      if (a === '') throw new Error(\`\${name} exports nothing\`);
    }
    await tf.setBackend('cpu');
    const [slope] = await tf.grad((x) => tf.square(x))(tf.scalar(3)).data();
    if (slope !== 6) throw new Error(\`the gradient of x² at 3 is \${slope}\`);`,
  );
  run('every.mjs');
}

function program() {
  const { code, language } = firstProgram(readFileSync(readme, 'utf8'));
  write('program.mjs', transpile(code, language, ts.ModuleKind.ESNext));
  // CommonJS has no await outside of functions.
  write('program.cjs', `(async () => {\n${transpile(code, language, ts.ModuleKind.CommonJS)}\n})();`);
  if (language === 'ts') write('program.ts', code);
  for (const file of ['program.mjs', 'program.cjs']) run(file);
}

/** The README's first program in Bun and in Deno, which come from npm. */
function otherRuntimes() {
  const home = join(root, '.cache', `runtimes-${BUN}-${DENO}`);
  const bin = (name) => join(home, 'node_modules', '.bin', name);
  if (!existsSync(bin('bun')) || !existsSync(bin('deno'))) {
    const flags = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
    mkdirSync(home, { recursive: true });
    execFileSync(npm, ['install', '--prefix', home, ...flags, `bun@${BUN}`, `deno@${DENO}`], {
      shell,
      stdio: 'pipe',
    });
  }
  runBy(bin('bun'), 'program.mjs');
  runBy(bin('deno'), 'run', '--allow-all', '--no-lock', '--node-modules-dir=manual', 'program.mjs');
}

/**
 * Every package's README names what its first program imports and the peers that its package has, and the program runs.
 *
 * @returns how many ran
 */
function readmes(names) {
  let count = 0;
  for (const name of names.map((name) => name.replace('@tenfold/', ''))) {
    if (name === 'bench') continue;
    const page = readFileSync(join(root, 'packages', name, 'README.md'), 'utf8');
    const { peerDependencies = {}, peerDependenciesMeta = {} } = JSON.parse(
      readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'),
    );
    const peers = Object.keys(peerDependencies).filter((peer) => !peerDependenciesMeta[peer]?.optional);
    const { code, language } = firstProgram(page);
    const missing = [...new Set([...readImports(code), ...peers])].filter(
      (other) => !installed(page).includes(other),
    );
    if (missing.length > 0) {
      throw new Error(
        `packages/${name}/README.md: "npm install" lacks ${missing.join(', ')}, which its program needs`,
      );
    }
    if (name in notRun) continue;
    write(`${name}.mjs`, transpile(code, language, ts.ModuleKind.ESNext));
    run(`${name}.mjs`);
    count++;
  }
  return count;
}

/** The packages' types resolve, as ES module and CommonJS module and for bundlers; none is `any`. */
function types(names) {
  const uses = names.map(
    (name, i) => `import * as p${i} from '${name}';\nnever<any extends typeof p${i} ? 1 : 0>(0);`,
  );
  const source = `declare function never<T>(value: T): void;\n${uses.join('\n')}\nexport {};\n`;
  for (const file of ['types.mts', 'types.cts', 'types.ts']) write(file, source);
  const program = firstProgram(readFileSync(readme, 'utf8')).language === 'ts' ? ['program.ts'] : [];
  check(['types.mts', 'types.cts'], {
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
  });
  check(['types.ts', ...program], {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  });
}

function check(files, options) {
  const host = ts.createProgram(
    files.map((file) => join(project, file)),
    { strict: true, noEmit: true, target: ts.ScriptTarget.ES2022, skipLibCheck: true, types: [], ...options },
  );
  const problems = ts.getPreEmitDiagnostics(host);
  if (problems.length > 0) {
    throw new Error(
      ts.formatDiagnostics(problems, {
        getCanonicalFileName: (name) => name,
        getCurrentDirectory: () => project,
        getNewLine: () => '\n',
      }),
    );
  }
}

function transpile(code, language, module) {
  if (language === 'js' && module === ts.ModuleKind.ESNext) return code;
  const compilerOptions = { module, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  return ts.transpileModule(code, { compilerOptions, fileName: 'program.ts' }).outputText;
}

function run(file, ...args) {
  runBy(process.execPath, '--unhandled-rejections=strict', file, ...args);
}

function runBy(runtime, ...args) {
  try {
    execFileSync(runtime, args, { cwd: project, stdio: 'pipe', timeout: 180_000 });
  } catch (error) {
    throw new Error(
      `${[basename(runtime), ...args].join(' ')}: ${error.code ?? `exit code ${error.status}`}\n${error.stdout}${error.stderr}`,
    );
  }
}

function write(file, text) {
  writeFileSync(join(project, file), text);
}

/** The version of tfjs-core that the workspace is pinned to. */
function coreVersion() {
  const catalog = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
  const version = /tfjs-core["']?: ["']?([\d.]+)/.exec(catalog)?.[1];
  if (!version) throw new Error(`pnpm-workspace.yaml does not pin ${CORE}`);
  return version;
}
