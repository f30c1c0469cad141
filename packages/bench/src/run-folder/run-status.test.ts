import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fixtureResults } from '../../test/fixture-results';
import { runStatus } from './run-status';

const header = { createdAt: '2026-01-02T00:00:00.000Z', profile: 'quick', models: ['cnn'], seed: 7 };
const step = '{"type":"step","model":"cnn","step":12,"totalSteps":400}\n';

/** A folder with these files; a name that ends in / is a folder. */
function folderWith(files: { [name: string]: unknown }): string {
  const folder = mkdtempSync(join(tmpdir(), 'run-status-'));
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith('/')) mkdirSync(join(folder, name));
    else writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

it.each<[string, { [name: string]: unknown }, RegExp]>([
  ['null', { 'run.json': 'null' }, /^run\.json is null instead of an object$/],
  ['a number', { 'run.json': '5' }, /^run\.json is 5 instead of an object$/],
  ['a list', { 'run.json': '[]' }, /^run\.json is \[\] instead of an object$/],
  ['a string', { 'run.json': '"x"' }, /^run\.json is "x" instead of an object$/],
  ['nested lists', { 'run.json': '['.repeat(1e5) + ']'.repeat(1e5) }, /^run\.json is an array of 1 instead/],
  [
    'another digest',
    { 'run.json': { ...header, sha256: 'f'.repeat(64) } },
    /^run\.json was modified after the run began; restore it to resume the run$/,
  ],
  ['a folder', { 'run.json/': '' }, /^run\.json is a folder, expected a file$/],
  ['results of null', { 'run.json': header, 'results.json': 'null' }, /^results\.json: /],
  [
    'results in a folder',
    { 'run.json': header, 'results.json/': '' },
    /^results\.json is a folder, expected a file$/,
  ],
  [
    'a log that is a folder',
    { 'run.json': header, 'steps.jsonl/': '' },
    /^steps\.jsonl is a folder, expected a file$/,
  ],
  ['a state of null', { 'run.json': header, 'state.json': 'null' }, /^state\.json is damaged/],
  [
    'a state in a folder',
    { 'run.json': header, 'state.json/': '' },
    /^state\.json is a folder, expected a file$/,
  ],
  [
    'two at once',
    { 'run.json': '5', 'steps.jsonl/': '' },
    /^run\.json is 5 .*; steps\.jsonl is a folder, expected a file$/,
  ],
])('a run with %s is damaged, with the reason', async (_, files, detail) => {
  const status = await runStatus(folderWith(files), 'a');
  expect(status).toMatchObject({ name: 'a', state: 'damaged', detail: expect.stringMatching(detail) });
});

it.each(['null', '5', '[]', '{"type":"step"}', '{"type":"step","model":{},"step":1,"totalSteps":[]}'])(
  'passes over %s in the log',
  async (line) => {
    const stopped = { 'run.json': header, 'steps.jsonl': `${step}${line}\n` };
    expect(await runStatus(folderWith(stopped), 'a')).toMatchObject({
      state: 'stopped',
      detail: 'cnn at step 12 of 400',
      createdAt: header.createdAt,
    });
  },
);

it('a finished run is finished, whatever else is damaged', async () => {
  const files = { 'run.json': 'null', 'results.json': fixtureResults(), 'steps.jsonl/': '' };
  expect((await runStatus(folderWith(files), 'a')).state).toBe('finished');
});
