import { unzipSync } from 'fflate';

/** The most bytes that a .zip may unpack to: several times those of the largest run. */
const MOST = 1 << 30;

/**
 * Unpacks a .zip after checking its declared sizes, and compares every file with its checksum.
 *
 * @param wanted which files to unpack; the others cost nothing
 * @throws when it is not a .zip, unpacks to more than `most` bytes, or a file does not match its checksum
 */
export function unzip(
  name: string,
  bytes: Uint8Array,
  wanted: (file: string) => boolean,
  { most = MOST }: { most?: number } = {},
): { [file: string]: Uint8Array } {
  let total = 0;
  const claimed = new Map<string, number>();
  let files: { [file: string]: Uint8Array };
  try {
    files = unzipSync(bytes, {
      filter(file) {
        if (!wanted(file.name)) return false;
        total += file.originalSize;
        if (total > most) throw new Error(`it unpacks to more than ${Math.round(most / 2 ** 20)} MiB`);
        claimed.set(file.name, file.originalSize);
        return true;
      },
    });
  } catch (error) {
    throw new Error(`${name} is not a readable .zip: ${(error as Error).message}`);
  }
  const checksums = readChecksums(bytes);
  for (const [file, content] of Object.entries(files)) {
    if (content.length !== claimed.get(file) || crc32(content) !== checksums.get(file)) {
      throw new Error(`${name} is damaged: ${file} does not match its checksum; copy or download it again`);
    }
  }
  return files;
}

/** The CRC-32 of every file, from the directory at the end. */
function readChecksums(bytes: Uint8Array): Map<string, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end > 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  const found = new Map<string, number>();
  let at = view.getUint32(end + 16, true);
  for (
    let left = view.getUint16(end + 10, true);
    left > 0 && view.getUint32(at, true) === 0x02014b50;
    left--
  ) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      view.getUint16(at + offset, true),
    ) as [number, number, number];
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    found.set(name, view.getUint32(at + 16, true));
    at += 46 + nameLength + extraLength + commentLength;
  }
  return found;
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = table[(value ^ byte) & 0xff]! ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
