import { expect, it } from 'vitest';
import { crc32c, readEvents } from '../../test/read-events';
import { scalarEvent, versionEvent } from './event-file';

it('is read by a reader whose checksums are those of RFC 3720', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  const many = Array.from({ length: 30 }, (_, i) => [`tag/${i}/π`, i / 3] as const);
  const file = Buffer.concat([
    versionEvent(1.5),
    scalarEvent(2.25, 2 ** 40 + 1, many),
    scalarEvent(3, 0, [['loss', Number.NaN]]),
    scalarEvent(4, 300, []),
  ]);
  expect(readEvents(file)).toEqual([
    { wallTime: 1.5, step: 0, fileVersion: 'brain.Event:2', scalars: {} },
    {
      wallTime: 2.25,
      step: 2 ** 40 + 1,
      fileVersion: undefined,
      scalars: Object.fromEntries(many.map(([tag, value]) => [tag, Math.fround(value)])),
    },
    { wallTime: 3, step: 0, fileVersion: undefined, scalars: { loss: Number.NaN } },
    { wallTime: 4, step: 300, fileVersion: undefined, scalars: {} },
  ]);
});

it('has the bytes that TensorBoard expects at the start of a file', () => {
  // A file of torch.utils.tensorboard begins with these: length 24, its checksum, wall_time, then file_version.
  const bytes = versionEvent(0);
  expect([...bytes.subarray(0, 12)]).toEqual([24, 0, 0, 0, 0, 0, 0, 0, 0xa3, 0x7f, 0x4b, 0x22]);
  expect(Buffer.from(bytes.subarray(21, 36)).toString('latin1')).toBe('\u001a\rbrain.Event:2');
});
