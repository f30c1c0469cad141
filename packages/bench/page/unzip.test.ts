import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { unzip } from './src/view/unzip';

const files = {
  'run/results.json': new TextEncoder().encode('{"accuracy": 0.5}'),
  'run/steps.jsonl': new Uint8Array(5000).fill(65),
};
const all = () => true;

it.each([0, 6] as const)('gives back what was packed at level %i, or what of it is wanted', (level) => {
  const bytes = zipSync(files, { level });
  expect(unzip('a.zip', bytes, all)).toEqual(files);
  expect(Object.keys(unzip('a.zip', bytes, (name) => name.endsWith('.json')))).toEqual(['run/results.json']);
});

it.each([0, 6] as const)('notices a changed byte of a file at level %i', (level) => {
  const packed = zipSync(files, { level });
  const start =
    new TextDecoder('latin1').decode(packed).indexOf('run/steps.jsonl') + 'run/steps.jsonl'.length;
  let noticed = 0;
  const damaged = level === 0 ? [0, 17, 4999] : [3, 8];
  for (const offset of damaged) {
    const changed = packed.slice();
    changed[start + offset]! ^= 1;
    expect(() => unzip('a.zip', changed, all)).toThrow(/^a\.zip is (damaged|not a readable \.zip): /);
    noticed++;
  }
  expect(noticed).toBe(damaged.length);
});

it('refuses to unpack more than it may, before it does', () => {
  const bomb = zipSync({ 'run/steps.jsonl': new Uint8Array(5 << 20) }, { level: 9 });
  expect(bomb.length).toBeLessThan(10_000);
  expect(() => unzip('b.zip', bomb, all, { most: 1 << 20 })).toThrow(
    'b.zip is not a readable .zip: it unpacks to more than 1 MiB',
  );
  // What is not wanted does not count.
  expect(unzip('b.zip', bomb, () => false, { most: 1 << 20 })).toEqual({});
});

it('refuses what is not a .zip', () => {
  expect(() => unzip('c.zip', new Uint8Array(100), all)).toThrow(/^c\.zip is not a readable \.zip: /);
});
