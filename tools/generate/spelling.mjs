import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './api.mjs';

/** The words of names that cspell's dictionaries lack: prose may use them as well. */
export const nameListFile = 'tools/spelling/names.txt';
/** The other words, kept by hand. */
export const wordListFile = 'tools/spelling/words.txt';

/**
 * The list of words of names, so that a new name needs no line of a dictionary.
 *
 * @param names of exports, their options and properties, models and the like; cspell takes them apart
 */
export function nameList(names) {
  return `# Made by tools/generate/run.mjs of the names that the packages export; do not edit.\n${unknownWords(names).join('\n')}\n`;
}

/** The list by hand without words that have become names. */
export function wordList(words, nameList) {
  const named = new Set(nameList.split('\n'));
  return words
    .split('\n')
    .filter((word) => word === '' || !named.has(word))
    .join('\n');
}

/** In lower case, sorted. */
function unknownWords(names) {
  const file = join(root, '.cache', 'generate', 'cspell.json');
  mkdirSync(dirname(file), { recursive: true });
  const config = { import: [join(root, 'cspell.config.yaml')], dictionaries: ['!project', '!names'] };
  writeFileSync(file, JSON.stringify(config));
  const cspell = join(root, 'node_modules', 'cspell', 'bin.mjs');
  const args = ['lint', '--config', file, '--words-only', '--unique', '--no-progress', '--no-summary'];
  const found = execFileSync(process.execPath, [cspell, ...args, '--no-exit-code', 'stdin'], {
    input: names.join('\n'),
    cwd: root,
    encoding: 'utf8',
  });
  const words = found.split('\n').filter(Boolean);
  return [...new Set(words.map((word) => word.toLowerCase()))].sort();
}
