// Writes results.schema.json from the schema in src/results/results.ts: `pnpm run schema`. A test compares the two.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const { outputFiles } = await build({
  entryPoints: [path('../src/results/results-json-schema.ts')],
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const code = Buffer.from(outputFiles[0].contents).toString('base64');
const { resultsJsonSchema } = await import(`data:text/javascript;base64,${code}`);
writeFileSync(path('../results.schema.json'), resultsJsonSchema());
