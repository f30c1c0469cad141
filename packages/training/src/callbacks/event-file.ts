// Event files: records of TensorFlow's TFRecord format, each with an Event in the wire format of protocol buffers.
// https://www.tensorflow.org/tutorials/load_data/tfrecord, https://github.com/tensorflow/tensorflow: core/util/event.proto and
// core/framework/summary.proto.

/** The record of the file's version, the first of every event file. */
export const versionEvent = (seconds: number): Uint8Array =>
  record([...double(1, seconds), ...bytes(3, utf8('brain.Event:2'))]);

/** The record of scalars at a step, by their tags. */
export function scalarEvent(
  seconds: number,
  step: number,
  scalars: readonly (readonly [tag: string, value: number])[],
): Uint8Array {
  const summary = scalars.flatMap(([tag, value]) => bytes(1, [...bytes(1, utf8(tag)), ...float(2, value)]));
  return record([...double(1, seconds), ...varint(2, step), ...bytes(5, summary)]);
}

/** Its length, a checksum of it, the data, and a checksum of it. */
function record(data: number[]): Uint8Array {
  const out = new Uint8Array(data.length + 16);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc(out.subarray(0, 8)), true);
  out.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc(out.subarray(12, 12 + data.length)), true);
  return out;
}

// A field is its number and wire type, then its value: 0 an integer, 1 of 8 bytes, 2 of a length, 5 of 4 bytes.
const VARINT = 0;
const EIGHT_BYTES = 1;
const LENGTH = 2;
const FOUR_BYTES = 5;

const key = (field: number, type: number): number => (field << 3) | type;

function integer(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128);
  return [...out, rest];
}

const varint = (field: number, value: number): number[] => [key(field, VARINT), ...integer(value)];

const bytes = (field: number, value: readonly number[]): number[] => [
  key(field, LENGTH),
  ...integer(value.length),
  ...value,
];

const double = (field: number, value: number): number[] => [
  key(field, EIGHT_BYTES),
  ...new Uint8Array(littleEndian(8, (view) => view.setFloat64(0, value, true))),
];

const float = (field: number, value: number): number[] => [
  key(field, FOUR_BYTES),
  ...new Uint8Array(littleEndian(4, (view) => view.setFloat32(0, value, true))),
];

function littleEndian(size: number, set: (view: DataView) => void): ArrayBuffer {
  const buffer = new ArrayBuffer(size);
  set(new DataView(buffer));
  return buffer;
}

const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];

/** The reversed polynomial of CRC-32C. */
const CASTAGNOLI = 0x82f63b78;

function crc32c(data: Uint8Array): number {
  let crc = ~0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ CASTAGNOLI : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** The checksum of a checksum would be constant, so TFRecord rotates it and adds a number. */
function maskedCrc(data: Uint8Array): number {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
