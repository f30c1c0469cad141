import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder, writeFolder } from '../../test/fixtures';
import type { DatasetDeclaration } from './declaration';
import { type DatasetLoader, defineDataset } from './define-dataset';
import type { LoadOptions, LoadProgress } from './load-options';

const content = 'one two';
const part = {
  file: 'words.txt',
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
};
const declaration: DatasetDeclaration<string[]> = {
  name: 'words',
  title: 'Words',
  parts: [part],
  sources: { official: 'http://127.0.0.1:1/' },
  decode: (take) => new TextDecoder().decode(take('words.txt')).split(' '),
};
const words: DatasetLoader<string[]> = defineDataset(declaration);

it('makes a loader of any dataset', async () => {
  const cacheDirectory = await temporaryFolder();
  const source = await writeFolder({ 'words.txt': content });
  expect(await words({ cacheDirectory, sources: [source] })).toEqual(['one', 'two']);
  expect(await words({ cacheDirectory })).toEqual(['one', 'two']); // now from the cache
  expect(words.parts).toEqual([part]);
});

it('unpacks gzipped files', async () => {
  const source = await writeFolder({ 'words.txt.gz': gzipSync(content) });
  expect(await words({ cacheDirectory: await temporaryFolder(), sources: [source] })).toEqual(['one', 'two']);
});

it.each([
  ['no gzip', Buffer.from('no gzip'), /words\.txt\.gz cannot be unpacked/],
  ['more than the part', gzipSync(Buffer.alloc(1e8)), /words\.txt\.gz has more than \d+ bytes/],
  ['more than the part in few bytes', gzipSync('x'.repeat(900)), /it unpacks to more than 7 bytes/],
])('rejects a gzipped file that is %s', async (_, bytes, message) => {
  const source = await writeFolder({ 'words.txt.gz': bytes });
  await expect(words({ cacheDirectory: await temporaryFolder(), sources: [source] })).rejects.toThrow(
    message,
  );
});

it.each<[object | number, RegExp]>([
  [{ sources: [] }, /^words: sources is \[\]; give a list of at least one source/],
  [{ sources: 'npm' }, /^words: sources is "npm"; give a list/],
  [{ sources: [undefined] }, /^words: sources is \[undefined\]; give a list/],
  [{ cacheDirectory: 5 }, /^words: cacheDirectory is 5; give a string/],
  [{ cacheDirectory: '' }, /^words: cacheDirectory is ""; give a string that is not empty/],
  [{ signal: 1000 }, /^words: signal is 1000; give an AbortSignal/],
  [{ onProgress: 'log' }, /^words: onProgress is "log"; give a function/],
  [{ stallTimeout: '5' }, /^words: stallTimeout is "5" \(a string\); give a finite number above 0/],
  [{ stallTimeout: 0 }, /^words: stallTimeout is 0/],
  [{ source: ['npm'] }, /^words: there is no option "source"; did you mean sources\?/],
  [5, /^words: options is 5; give a plain object/],
])('rejects %o', async (options, message) => {
  await expect(words(options as LoadOptions)).rejects.toThrow(message);
});

it('rejects declarations without parts, and names outside the folder', () => {
  expect(() => defineDataset({ ...declaration, parts: [] })).toThrow(/^defineDataset: words has no parts/);
  expect(() => defineDataset({ ...declaration, name: '../words' })).toThrow(
    /^defineDataset: "\.\.\/words" cannot name a file/,
  );
  expect(() => defineDataset({ ...declaration, parts: [{ ...part, file: '..' }] })).toThrow(/"\.\." cannot/);
});

describe('an error in onProgress', () => {
  // One source as a folder, one as a gzipped file in a folder, one that does not exist.
  const load = async (onProgress: () => void, first?: string) => {
    const source = await writeFolder({ 'words.txt.gz': gzipSync(content) });
    const options = { cacheDirectory: await temporaryFolder(), onProgress };
    return words({ ...options, sources: [...(first ? [first] : []), source, source, source] });
  };

  it.each([new Error('mine'), 'a string', undefined])('comes through as it is: %s', async (thrown) => {
    const onProgress = vi.fn(() => {
      throw thrown;
    });
    await expect(load(onProgress)).rejects.toBe(thrown);
    expect(onProgress).toHaveBeenCalledTimes(1);
  });

  it('comes through from a notice about a source that failed, and from one about a stored part', async () => {
    for (const phase of ['notice', 'storing']) {
      const thrown = new Error(phase);
      const onProgress = (progress: LoadProgress) => {
        if (progress.phase === phase) throw thrown;
      };
      await expect(load(onProgress as () => void, '/nowhere')).rejects.toBe(thrown);
    }
  });
});
