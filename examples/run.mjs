// Runs all examples, and fails if one of them fails: node examples/run.mjs
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const programs = readdirSync(folder).filter((name) => name.endsWith('.js'));
const failed = programs.filter((name) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`${folder}${name}`], { encoding: 'utf8' });
  console.log(`${name}: ${stdout.trim().split('\n').at(-1)}`);
  if (status !== 0) console.error(stderr);
  return status !== 0;
});
console.log(`${programs.length - failed.length} of ${programs.length} examples ran`);
process.exitCode = failed.length === 0 && programs.length > 0 ? 0 : 1;
