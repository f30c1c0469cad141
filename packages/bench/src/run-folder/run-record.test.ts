import { expect, it } from 'vitest';
import { fixtureResults } from '../../test/fixture-results';
import { differences, threadsOf } from './run-record';

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
  [{ machine: { ...machine, commit: null } }, 'source was 0123abc, is not known'],
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
    'backend threads was 2, is not known',
  ],
])('%#: says what changed', (change, text) => {
  expect(differences(place, { ...place, ...change })).toEqual([text]);
});

it('cannot vouch for a source that no commit names', () => {
  const dirty = { ...place, machine: { ...machine, commit: '0123abc+' } };
  expect(differences(dirty, dirty)).toEqual([expect.stringMatching(/changes that no commit names/)]);
});

it('asks for the threads that the run computed on', () => {
  const of = (change: Partial<Parameters<typeof threadsOf>[0]>) => threadsOf({ ...place, ...change });
  expect(of({})).toBe(2);
  expect(of({ threads: 7 })).toBe(7);
  expect(of({ backend: { name: 'cpu', details: { threads: '1' } } })).toBeUndefined();
  expect(of({ backend: { name: 'node', details: {} } })).toBeUndefined();
});
