import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isSystemError, removeLeftovers, systemReason, writeAtomically } from './atomic-write';

const emptyFolder = () => mkdtempSync(join(tmpdir(), 'tenfold-write-'));

it('writes text and bytes, over what was there, and leaves nothing else', async () => {
  const folder = emptyFolder();
  await writeAtomically(join(folder, 'a'), 'old');
  await writeAtomically(join(folder, 'a'), 'new ×');
  await writeAtomically(join(folder, 'b'), new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4));
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('new ×');
  expect([...readFileSync(join(folder, 'b'))]).toEqual([1, 2, 3]);
  expect(readdirSync(folder)).toEqual(['a', 'b']);
});

it('leaves what was there when it cannot finish', async () => {
  const folder = emptyFolder();
  mkdirSync(join(folder, 'a', 'full'), { recursive: true }); // nothing can be put in the place of a full folder
  await expect(writeAtomically(join(folder, 'a'), 'new')).rejects.toSatisfy(isSystemError);
  expect(readdirSync(folder)).toEqual(['a']);
  await expect(writeAtomically(join(folder, 'none', 'a'), 'new')).rejects.toThrow(/ENOENT/);
});

it.runIf(process.platform === 'linux')('gives up when the system takes no more', async () => {
  // A draft that is /dev/full: every write to it fails as on a full disk.
  const folder = emptyFolder();
  writeFileSync(join(folder, 'a'), 'old');
  symlinkSync('/dev/full', join(folder, `a.${process.pid}.tmp`));
  const error = await writeAtomically(join(folder, 'a'), 'new').catch((reason: unknown) => reason);
  expect(isSystemError(error) && systemReason(error)).toBe('the disk is full');
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['a']);
});

it('removes what the killed left', async () => {
  const folder = emptyFolder();
  for (const name of ['state.json', 'state.json.123.tmp']) writeFileSync(join(folder, name), '');
  await removeLeftovers(folder);
  expect(readdirSync(folder)).toEqual(['state.json']);
  await removeLeftovers(join(folder, 'none'));
});
