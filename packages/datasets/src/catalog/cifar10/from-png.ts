import type { Conversion, Part } from '../../fetching/declaration';
import { formatReason } from '../../fetching/source';
import { decodePng } from './decode-png';
import { packRecords, recordSize, side } from './records';

/**
 * Converts the files of the npm package: for each part a PNG with one 32 × 32 image in each row, and a list of the labels of all
 * parts.
 */
export function fromPng(parts: readonly Part[], labelFile: string): Conversion[] {
  const counts = parts.map(({ bytes }) => bytes / recordSize);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return parts.map(({ file, bytes }, i): Conversion => {
    const png = file.replace(/\.bin$/, '.png');
    const first = counts.slice(0, i).reduce((sum, count) => sum + count, 0);
    return {
      part: file,
      from: [
        { file: labelFile, maxBytes: 8 * total + 1024 },
        { file: png, maxBytes: Math.ceil(1.01 * bytes) + 2 ** 16 }, // more than the size of incompressible pixels
      ],
      async make([labels, image]) {
        const all = parseLabels(labelFile, labels!, total);
        try {
          const pixels = await decodePng(image!, { width: side * side, height: counts[i]! });
          return packRecords(pixels, all.subarray(first, first + counts[i]!));
        } catch (error) {
          throw new Error(`${png} cannot be decoded: ${formatReason(error)}`);
        }
      },
    };
  });
}

function parseLabels(file: string, content: Uint8Array, count: number): Uint8Array {
  let labels: unknown;
  try {
    labels = JSON.parse(new TextDecoder().decode(content));
  } catch (error) {
    throw new Error(`${file} is not JSON (${formatReason(error)})`);
  }
  if (!Array.isArray(labels) || labels.length !== count) {
    const what = Array.isArray(labels) ? `${labels.length} labels` : 'no list';
    throw new Error(`${file} has ${what}, expected ${count} labels`);
  }
  return Uint8Array.from(labels);
}
