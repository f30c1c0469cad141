// Writes the tables that are generated from the source, between the markers `<!-- generated: WHAT -->` and
// `<!-- /generated -->` of the READMEs, the tables of kernels' cases, the list of the bench's models, and the words of names
// for the spelling check; checks that no package's description lists its functions.
//   node tools/generate/run.mjs [--check]
// WHAT is `exports CHOICE` (see select in tables.mjs), `properties TYPE` of the package's exported type, `packages`, `datasets`, `kernels`,
// `architectures also CALL | CALL | …`, or `options COMMAND` of the bench, without a name for the command that trains.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageNames, readManifest, readPackages, root } from './api.mjs';
import { architectureTable } from './architectures.mjs';
import { kernelNames, kernelTable } from './kernels.mjs';
import { modelList, modelListFile } from './models.mjs';
import { optionTable } from './options.mjs';
import { nameList, nameListFile, wordList, wordListFile } from './spelling.mjs';
import { datasetTable, exportTable, propertyTable, select, table } from './tables.mjs';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const names = packageNames();
const packages = readPackages(names);
const problems = names.flatMap(listsFunctions);

for (const [file, name] of [['README.md'], ...names.map((name) => [`packages/${name}/README.md`, name])]) {
  if (!existsSync(join(root, file))) continue;
  const before = readFileSync(join(root, file), 'utf8');
  write(file, before, await filled(before, file, name));
}
write(modelListFile, readText(modelListFile), modelList());
const spelled = nameList([...names.flatMap(packages.readWords), ...kernelNames(packages), modelList()]);
write(nameListFile, readText(nameListFile), spelled);
write(wordListFile, readText(wordListFile), wordList(readText(wordListFile), spelled));
writeKernelTables();
for (const problem of problems) console.log(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

function readText(file) {
  return existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '';
}

/** Writes a changed file; with --check a change is a problem. */
function write(file, before, after) {
  if (after === before) return;
  if (values.check) problems.push(`${file} is stale; run node tools/generate/run.mjs`);
  else writeFileSync(join(root, file), after);
}

/** The tables of kernels' cases, which come from bundles of the backends. */
function writeKernelTables() {
  const script = join(root, 'tools/kernel-cases/write-tables.mjs');
  const { status, stdout } = spawnSync(process.execPath, [script, ...process.argv.slice(2)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) problems.push(stdout.trim() || `${script} failed`);
}

/** The text of a README with regenerated tables. */
async function filled(text, file, name) {
  const pattern = /(<!-- generated: (.*?) -->\n)[\s\S]*?(<!-- \/generated -->)/g;
  const markers = [...text.matchAll(pattern)];
  if (markers.length === 0) return text;
  const tables = [];
  for (const [, , what] of markers) {
    try {
      tables.push(await generate(what, name));
    } catch (error) {
      throw new Error(`${file}: ${error.message}`);
    }
  }
  const next = text.replace(pattern, (_, begin, __, end) => `${begin}\n${tables.shift()}\n\n${end}`);
  const biome = createRequire(join(root, 'package.json')).resolve('@biomejs/biome/bin/biome');
  return execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${file}`], {
    input: next,
    cwd: root,
    encoding: 'utf8',
  });
}

function generate(what, name) {
  const [, word, rest] = /^(\w+) ?(.*)$/.exec(what);
  if (word === 'exports') return exportTable(select(packages.readExports(name), rest));
  if (word === 'properties') return propertyTable(rest, packages.readProperties(name, rest));
  if (word === 'packages') return packageTable();
  if (word === 'kernels') return kernelTable(packages, names);
  if (word === 'datasets') return datasetTable(packages.readExports(name));
  if (word === 'architectures') {
    const variants = rest.replace(/^also /, '').split(' | ');
    return architectureTable(variants, packages.readExports(name));
  }
  if (word === 'options') return optionTable(rest);
  throw new Error(`there is no generated table "${what}"`);
}

/** The packages in the order of ARCHITECTURE.md's arrows. */
function packageTable() {
  const block = /^```arrows\n([\s\S]*?)^```/m.exec(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'))[1];
  const rows = block
    .trim()
    .split('\n')
    .map((line) => line.split('<-').map((part) => part.trim()));
  return table(
    ['package', 'description', 'imports'],
    rows.map(([name, imports]) => [
      `[\`${name}\`](packages/${name})`,
      readManifest(name).description.replace(/\.$/, ''),
      imports
        .split(/\s+/)
        .filter(Boolean)
        .map((other) => `\`${other}\``)
        .join(' '),
    ]),
  );
}

/** A description that lists functions is outdated with the next function; a single name may be the package's topic. */
function listsFunctions(name) {
  const words = new Set(
    readManifest(name)
      .description.toLowerCase()
      .match(/[\w-]+/g),
  );
  const listed = packages.readExports(name).filter((entry) => words.has(entry.name.toLowerCase()));
  if (listed.length < 2) return [];
  const what = listed.map((entry) => entry.name).join(', ');
  return [`packages/${name}/package.json: the description lists ${what}; say what the package is about`];
}
