/** An event of an event file. */
export interface Event {
  wallTime: number;
  step: number;
  fileVersion: string | undefined;
  scalars: { [tag: string]: number };
}

/** Reads an event file: written from the descriptions of TFRecord and of protocol buffers, not from the writer. */
export function readEvents(file: Uint8Array): Event[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const events: Event[] = [];
  for (let at = 0; at < file.length; ) {
    const size = Number(view.getBigUint64(at, true));
    const data = file.subarray(at + 12, at + 12 + size);
    for (const [bytes, place] of [
      [file.subarray(at, at + 8), at + 8],
      [data, at + 12 + size],
    ] as const) {
      if (view.getUint32(place, true) !== mask(crc32c(bytes)))
        throw new Error(`a wrong checksum at ${place}`);
    }
    events.push(readEvent(data));
    at += size + 16;
  }
  return events;
}

/** message Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; } */
function readEvent(data: Uint8Array): Event {
  const fields = readFields(data);
  const summary = fields.get(5)?.[0];
  const values = summary ? (readFields(summary as Uint8Array).get(1) ?? []) : [];
  // message Summary { message Value { string tag = 1; float simple_value = 2; } repeated Value value = 1; }
  const scalars = values.map((value) => {
    const entry = readFields(value as Uint8Array);
    return [text(entry.get(1)![0]), (entry.get(2)![0] as DataView).getFloat32(0, true)] as const;
  });
  return {
    wallTime: (fields.get(1)![0] as DataView).getFloat64(0, true),
    step: Number(fields.get(2)?.[0] ?? 0),
    fileVersion: fields.has(3) ? text(fields.get(3)![0]) : undefined,
    scalars: Object.fromEntries(scalars),
  };
}

const text = (value: unknown): string => new TextDecoder().decode(value as Uint8Array);

type Field = bigint | DataView | Uint8Array;

function readFields(data: Uint8Array): Map<number, Field[]> {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = data[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const take = (size: number): Uint8Array => {
    at += size;
    if (at > data.length) throw new Error('a field ends after its message');
    return data.subarray(at - size, at);
  };
  const fixed = (size: number): DataView => {
    const bytes = take(size);
    return new DataView(bytes.buffer, bytes.byteOffset, size);
  };
  while (at < data.length) {
    const key = Number(varint());
    const type = key & 7;
    const value =
      type === 0 ? varint() : type === 1 ? fixed(8) : type === 5 ? fixed(4) : take(Number(varint()));
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), value]);
  }
  return fields;
}

const table = Uint32Array.from({ length: 256 }, (_, i) => {
  let value = i;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

/** CRC-32C by a table; RFC 3720 has values to check it with, in B.4. */
export function crc32c(data: Uint8Array): number {
  return (
    (data.reduce((crc, byte) => (crc >>> 8) ^ table[(crc ^ byte) & 255]!, 0xffffffff) ^ 0xffffffff) >>> 0
  );
}

const mask = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
