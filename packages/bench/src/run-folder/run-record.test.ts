import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixtureResults } from '../../test/fixture-results';
import { hour } from '../../test/recipes';
import { digest } from '../lib/digest';
import { writeAtomically } from '../lib/files';
import { differences, type RunRecord, readRunRecord, recordedThreads, writeRunRecord } from './run-record';

const { machine } = fixtureResults();
const place = { backend: { name: 'simd' as const, details: { threads: '2', variant: 'relaxed' } }, machine };

it('finds nothing where nothing changed, whatever the clock and the memory say', () => {
  expect(differences(place, { ...place, machine: { ...machine, memoryBytes: 1, os: 'Linux 7' } })).toEqual(
    [],
  );
});

it.each([
  [{ machine: { ...machine, node: 'v23.0.0' } }, 'Node was v22.1.0, is v23.0.0'],
  [{ machine: { ...machine, cpu: 'Another' } }, 'processor was Invented Processor 9000, is Another'],
  [{ machine: { ...machine, commit: null } }, 'source was 0123abc, is unknown'],
  [{ machine: { ...machine, commit: '0123abd' } }, 'source was 0123abc, is 0123abd'],
  [
    { machine: { ...machine, versions: { ...machine.versions, '@tenfold/bench': '0.1.0' } } },
    '@tenfold/bench was 0.0.0, is 0.1.0',
  ],
  [
    { backend: { name: 'simd' as const, details: { threads: '2', variant: 'baseline' } } },
    'backend variant was relaxed, is baseline',
  ],
  [
    { backend: { name: 'simd' as const, details: { variant: 'relaxed' } } },
    'backend threads was 2, is unknown',
  ],
])('%#: says what changed', (change, text) => {
  expect(differences(place, { ...place, ...change })).toEqual([text]);
});

it('cannot vouch for a source that no commit names', () => {
  const dirty = { ...place, machine: { ...machine, commit: '0123abc+' } };
  expect(differences(dirty, dirty)).toEqual([expect.stringMatching(/uncommitted changes that may differ/)]);
});

it('asks for the threads that the run computed on', () => {
  const askedThreads = (change: Partial<Parameters<typeof recordedThreads>[0]>) =>
    recordedThreads({ ...place, ...change });
  expect(askedThreads({})).toBe(2);
  expect(askedThreads({ threads: 7 })).toBe(7);
  expect(askedThreads({ backend: { name: 'cpu', details: { threads: '1' } } })).toBeUndefined();
  expect(askedThreads({ backend: { name: 'node', details: {} } })).toBeUndefined();
});

describe('run.json', () => {
  const record: RunRecord = {
    schemaVersion: 4,
    createdAt: '2026-01-02T03:04:05.678Z',
    command: 'npx @tenfold/bench',
    profile: 'hour',
    models: ['cnn', 'fnn'],
    seeds: [3],
    heldOut: 0,
    epochs: undefined,
    v8Flags: false,
    checkpointMinutes: 5,
    ...place,
    recipes: [hour.cnn, hour.fnn],
    dataset: { id: 'cifar10' as const, name: 'CIFAR-10', sha256: {} },
  };
  const written = async (value: RunRecord = record) => {
    const folder = mkdtempSync(join(tmpdir(), 'tenfold-record-'));
    await writeRunRecord(folder, value, writeAtomically);
    return { folder, text: readFileSync(join(folder, 'run.json'), 'utf8') };
  };

  it('is read as it was written, however it is laid out', async () => {
    const { folder, text } = await written();
    expect(await readRunRecord(folder)).toEqual(record);
    writeFileSync(join(folder, 'run.json'), JSON.stringify(JSON.parse(text)));
    expect(await readRunRecord(folder)).toEqual(record);
  });

  it.each([
    [/"learningRate": 0\.00075|"peak": 0\.00075/, '"peak": 0.00076'],
    [/"epochs": 90/, '"epochs": 91'],
    [/"seeds": \[\s*3\s*\]/, '"seeds": [4]'],
    [/"recipes": \[[\s\S]*\],\n {2}"dataset"/, '"recipes": [],\n  "dataset"'],
    [/"sha256": "[0-9a-f]/, '"sha256": "x'],
    [/"sha256": "[0-9a-f]{64}",/, ''],
  ])('with %s changed is refused', async (found, change) => {
    const { folder, text } = await written();
    const changed = text.replace(found, change);
    expect(changed).not.toBe(text);
    writeFileSync(join(folder, 'run.json'), changed);
    await expect(readRunRecord(folder)).rejects.toThrow(
      /run\.json was modified after the run began: its content does not match its sha256\..* restore it, or start a new run/,
    );
  });

  it.each([
    [[], 'found none'],
    [[hour.fnn, hour.cnn], 'found fnn, cnn'],
  ])('has a recipe of each model, in their order: %#', async (recipes, message) => {
    const { folder } = await written({ ...record, recipes });
    await expect(readRunRecord(folder)).rejects.toThrow(
      `expected one recipe per model, in this order: cnn, fnn; ${message}`,
    );
  });

  it('has its digest of all but the digest', async () => {
    const { schemaVersion, sha256, ...rest } = JSON.parse((await written()).text);
    expect(sha256).toBe(await digest(JSON.stringify({ schemaVersion, ...rest })));
  });
});
