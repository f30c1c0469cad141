import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './api.mjs';

const folder = 'packages/bench/src/models';

/** The file with the list of the bench's models. */
export const modelListFile = `${folder}/list.ts`;

/** The list of the bench's models: every file of the folder that defines one, under the name that `--models` takes. */
export function modelList() {
  const models = readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort()
    .flatMap((file) => {
      const source = readFileSync(join(root, folder, `${file}.ts`), 'utf8');
      return [...source.matchAll(/^export const (\w+) = defineModel\(/gm)].map(([, name]) => ({
        name,
        file,
      }));
    });
  const imports = models.map(({ name, file }) => `import { ${name} } from './${file}';\n`);
  const entries = models.map(({ name }) => {
    const option = name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
    return `  ${option === name ? name : `'${option}': ${name}`},\n`;
  });
  return `// Made by tools/generate/run.mjs; do not edit.
${imports.join('')}
/** The models by the names that recipes and \`--models\` give them. */
export const list = {
${entries.join('')}};
`;
}
