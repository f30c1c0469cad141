import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { writeArchive } from '../../../test/fixtures';
import { unpackArchive } from './unpack-archive';

const archive = writeArchive({ 'a.bin': 'x'.repeat(3000), 'b.bin': 'y'.repeat(3000), 'c.txt': 'z' });

/** A slow collector, which records its files. */
function slowCollector() {
  const log: string[] = [];
  return {
    log,
    limitOf: (path: string) => (path.endsWith('.bin') ? 3000 : undefined),
    async add(path: string, content: Uint8Array) {
      log.push(`begin ${path} ${content.length}`);
      await sleep(100);
      log.push(`end ${path}`);
    },
    finish: () => void log.push('finish'),
  };
}

async function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const all = [
  ...['begin package/a.bin 3000', 'end package/a.bin'],
  ...['begin package/b.bin 3000', 'end package/b.bin', 'finish'],
];

it('passes on the needed files in sequence, gzipped or not, in chunks of any size', async () => {
  for (const bytes of [await archive, gunzipSync(await archive)]) {
    for (const size of [100, 700, 1e6]) {
      const collector = slowCollector();
      await unpackArchive(pieces(bytes, size), collector, 7000);
      expect(collector.log).toEqual(all);
    }
  }
});

it('rejects only after the collector has finished its current file', async () => {
  const collector = slowCollector();
  const unpacked = gunzipSync(await archive);
  async function* breaking() {
    yield unpacked.subarray(0, 512 + 3072); // the first file and nothing of the second
    while (collector.log.length === 0) await sleep(1);
    throw new Error('connection lost');
  }
  await expect(unpackArchive(breaking(), collector, 7000)).rejects.toThrow('connection lost');
  expect(collector.log.slice(0, 2)).toEqual(['begin package/a.bin 3000', 'end package/a.bin']);
  const { length } = collector.log;
  await sleep(300);
  expect(collector.log).toHaveLength(length);
});

it('rejects with the error of the collector', async () => {
  const collector = { ...slowCollector(), add: () => Promise.reject(new Error('not wanted after all')) };
  await expect(unpackArchive(pieces(await archive, 100), collector, 7000)).rejects.toThrow(
    'not wanted after all',
  );
});

it('rejects a file above the limit of the collector, and an archive that is too large', async () => {
  const large = await writeArchive({ 'a.bin': 'x'.repeat(3001) });
  await expect(unpackArchive(pieces(large, 1e6), slowCollector(), 7000)).rejects.toThrow(
    'package/a.bin has 3001 bytes, expected at most 3000',
  );
  // Unneeded files count too, before they are unpacked.
  const many = await writeArchive({ 'a.txt': 'x'.repeat(4000), 'b.txt': 'x'.repeat(4000), 'c.bin': 'x' });
  await expect(unpackArchive(pieces(many, 1e6), slowCollector(), 7000)).rejects.toThrow(
    'it unpacks to more than 7000 bytes',
  );
});
