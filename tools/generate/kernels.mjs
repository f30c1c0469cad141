import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './api.mjs';
import { table } from './tables.mjs';

/** Of backends and the contract: packages that run kernels, and ask for none. */
const others = ['backend-simd', 'backend-webgpu', 'bench', 'gradients', 'kernels'];

/**
 * Every kernel of the types `Kernels` and `ListKernels` with its inputs, attributes, outputs and the packages that use it.
 *
 * @param packages as `readPackages` reads them
 * @param names of all packages
 */
export function kernelTable({ checker, readProperties }, names) {
  const kernels = readProperties('kernels', 'Kernels');
  const lists = readProperties('kernels', 'ListKernels');
  const askers = findAskers(names.filter((name) => !others.includes(name)));
  const isList = (list, { name }) => list.name === `${name}List`;
  const rows = kernels.map((kernel) => {
    const list = lists.find((found) => isList(found, kernel));
    const { inputs, attributes } = readParts(kernel.type, checker);
    const called = [kernel, ...(list ? [list] : [])].map(({ name }) => name);
    return { called, inputs, attributes, doc: kernel.doc };
  });
  const only = lists.filter((list) => !kernels.some((kernel) => isList(list, kernel)));
  for (const { name, type, doc } of only) {
    rows.push({ called: [name], inputs: 'lists', attributes: propertyNames(type), doc });
  }
  return table(
    ['kernel', 'inputs', 'attributes', 'outputs', 'used by'],
    rows
      .sort((a, b) => (a.called[0] < b.called[0] ? -1 : 1))
      .map(({ called, inputs, attributes, doc }) => {
        const from = [...new Set(called.flatMap((name) => askers.get(name) ?? []))].sort();
        if (from.length === 0) throw new Error(`kernels: no package asks for ${called.join(' or ')}`);
        return [called.map(code).join(', '), inputs, attributes, doc.replace(/\.$/, ''), from.join(', ')];
      }),
  );
}

/** The names of kernels, of their inputs and of their attributes. */
export function kernelNames({ checker, readProperties }) {
  const partNames = (kernel) =>
    ['inputs', 'attributes'].flatMap((part) =>
      checker
        .getTypeOfSymbol(kernel.getProperty(part))
        .getProperties()
        .map(({ name }) => name),
    );
  return readProperties('kernels', 'Kernels').flatMap(({ name, type }) => [name, ...partNames(type)]);
}

const code = (text) => `\`${text}\``;

function readParts(kernel, checker) {
  const part = (name) => propertyNames(checker.getTypeOfSymbol(kernel.getProperty(name)));
  return { inputs: part('inputs') || 'any', attributes: part('attributes') };
}

const propertyNames = (type) =>
  type
    .getProperties()
    .map(({ name, flags }) => code(flags & ts.SymbolFlags.Optional ? `${name}?` : name))
    .join(', ');

/** The packages whose source names a kernel, by the kernel. */
function findAskers(names) {
  const found = new Map();
  for (const name of names) {
    for (const file of readdirSync(join(root, 'packages', name, 'src'), { recursive: true })) {
      if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
      const source = readFileSync(join(root, 'packages', name, 'src', file), 'utf8');
      for (const [, word] of source.matchAll(/'([A-Z]\w*)'/g)) {
        found.set(word, [...(found.get(word) ?? []), name]);
      }
    }
  }
  return found;
}
