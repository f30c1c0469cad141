import { assertOptions, show, text } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { decodeUtf8 } from './utf8';

/** The contents of a safetensors file. */
export interface SafetensorsFile {
  /** The tensors by name. Dispose them when you no longer need them. */
  tensors: tf.NamedTensorMap;
  /** The metadata strings by name; empty when there are none. */
  metadata: Record<string, string>;
}

export interface LoadSafetensorsOptions {
  /**
   * Only the tensors whose names start with this, under the rest of their names; all by default. 'model/' takes the parameters out
   * of a checkpoint.
   */
  prefix?: string;
}

interface Entry {
  name: string;
  dtype: string;
  shape: number[];
  begin: number;
  end: number;
}

const MAX_HEADER = 100_000_000;

/**
 * Reads the bytes of a safetensors file.
 *
 * F32, F64, F16 and BF16 become float32 (F64 is rounded). I32, I16, I8, U16 and U8 become int32, and so does I64 if its values
 * fit. BOOL becomes bool.
 *
 * @param file the bytes of the whole file, such as a Buffer or the result of `response.arrayBuffer()`
 * @returns new tensors, which the caller disposes, and the metadata
 * @throws when the bytes are not a complete, valid file, a tensor has another dtype, or no name starts with the prefix
 * @example
 * const { tensors, metadata } = loadSafetensors(await readFile('model.safetensors'));
 * const { tensors: weights } = loadSafetensors(await readFile('checkpoint.safetensors'), { prefix: 'model/' });
 * @see https://huggingface.co/docs/safetensors, "Format"
 */
export function loadSafetensors(
  file: Uint8Array | ArrayBuffer,
  options: LoadSafetensorsOptions = {},
): SafetensorsFile {
  assertOptions('loadSafetensors', options, { prefix: text });
  const { prefix = '' } = options;
  const bytes = toBytes(file);
  const { header, start } = readHeader(bytes);
  const { __metadata__: metadata = {}, ...described } = header;
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== 'string')) {
    fail(`its metadata is ${show(metadata)}; expected an object of strings`);
  }
  const entries = Object.entries(described).map(([name, value]) => readEntry(name, value));
  assertCovered(entries, bytes.length - start);
  // All values are read before the first tensor is created, so that an error leaves no tensor behind.
  const chosen = entries.filter(({ name }) => name.startsWith(prefix));
  if (prefix !== '' && chosen.length === 0) {
    const [first] = entries;
    throw new Error(
      `loadSafetensors: no tensor of the file has a name that starts with ${show(prefix)}${first ? `; the first is named ${show(first.name)}` : ''}; give the prefix of some, or leave it out for all`,
    );
  }
  const read = chosen.map((entry) => {
    const values = bytes.subarray(start + entry.begin, start + entry.end);
    const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
    return { ...entry, decoded: decoders[entry.dtype]!.decode(view, entry) };
  });
  const tensors = Object.fromEntries(
    read.map(({ name, shape, decoded: [values, dtype] }) => [
      name.slice(prefix.length),
      tf.tensor(values, shape, dtype),
    ]),
  );
  return { tensors, metadata: metadata as Record<string, string> };
}

function toBytes(file: unknown): Uint8Array {
  if (file instanceof Uint8Array) return file;
  // Also accepts an ArrayBuffer of another realm, such as a test runner's.
  if (Object.prototype.toString.call(file) === '[object ArrayBuffer]')
    return new Uint8Array(file as ArrayBuffer);
  if (ArrayBuffer.isView(file)) return new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
  throw new Error(
    `loadSafetensors: the file is ${show(file)}; give its bytes as a Uint8Array or an ArrayBuffer`,
  );
}

function fail(what: string): never {
  throw new Error(`loadSafetensors: the file is not valid: ${what}`);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; start: number } {
  if (bytes.length < 8) fail(`it has ${bytes.length} bytes, too few for a header length`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER) fail(`its header would have ${length} bytes, at most ${MAX_HEADER} are allowed`);
  if (8 + length > bytes.length) fail(`its header ends at byte ${8 + length} but it has ${bytes.length}`);
  let header: unknown;
  try {
    const text = decodeUtf8(bytes.subarray(8, 8 + length));
    if (!text.startsWith('{')) throw new Error('it does not begin with {');
    header = JSON.parse(text);
    assertUniqueKeys(text);
  } catch (error) {
    fail(`its header is not the JSON expected: ${(error as Error).message}`);
  }
  return { header: header as Record<string, unknown>, start: 8 + length };
}

/**
 * Throws when an object has a key twice. The format forbids it, but JSON.parse silently keeps the last value. The text is valid
 * JSON. It is scanned by character, because regular expressions overflow the stack in long strings.
 */
function assertUniqueKeys(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(undefined);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = findStringEnd(text, at);
      const keys = open.at(-1);
      if (keys && isKey(text, end)) {
        const key = JSON.parse(text.slice(at, end)) as string;
        if (keys.has(key)) throw new Error(`it has the key ${JSON.stringify(key)} twice`);
        keys.add(key);
      }
      at = end - 1;
    }
  }
}

/** Finds the end of the string that starts at a quote: the index after its closing quote. */
function findStringEnd(text: string, begin: number): number {
  let at = begin + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** Whether the string before `end` is a key: a colon follows. */
function isKey(text: string, end: number): boolean {
  let at = end;
  while (' \n\r\t'.includes(text[at]!)) at++;
  return text[at] === ':';
}

function readEntry(name: string, value: unknown): Entry {
  const place = `tensor ${JSON.stringify(name)}`;
  if (!isRecord(value)) fail(`${place} is described by ${show(value)}`);
  const { dtype, shape, data_offsets: offsets } = value;
  const counts = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (typeof dtype !== 'string') fail(`${place} has the dtype ${show(dtype)}`);
  if (!counts(shape)) fail(`${place} has the shape ${show(shape)}`);
  if (!counts(offsets) || offsets.length !== 2) fail(`${place} has the data_offsets ${show(offsets)}`);
  const decoder = Object.hasOwn(decoders, dtype) ? decoders[dtype] : undefined;
  if (!decoder) {
    throw new Error(
      `loadSafetensors: ${place} has the dtype ${show(dtype)}; supported are ${Object.keys(decoders).join(', ')}`,
    );
  }
  const [begin, end] = offsets as [number, number];
  const size = shape.reduce((product, n) => product * n, decoder.width);
  if (!Number.isSafeInteger(size) || end - begin !== size) {
    fail(`${place} of shape [${shape}] and dtype ${dtype} needs ${size} bytes but has [${begin}, ${end})`);
  }
  return { name, dtype, shape, begin, end };
}

// The tensors must cover the values without gap, overlap or remainder.
function assertCovered(entries: Entry[], size: number): void {
  let at = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at)
      fail(`tensor ${JSON.stringify(name)} begins at byte ${begin} of the values, expected ${at}`);
    at = end;
  }
  if (at !== size) fail(`the values have ${size} bytes but the header describes ${at}`);
}

type Decoded = [Float32Array | Int32Array | Uint8Array, 'float32' | 'int32' | 'bool'];
type Decoder = { width: number; decode: (view: DataView, entry: Entry) => Decoded };

// Values are read through a DataView, which needs no alignment: some files have odd offsets.
const decoder = (
  width: number,
  array: (n: number) => Decoded[0],
  dtype: Decoded[1],
  read: (view: DataView, at: number, entry: Entry) => number,
): Decoder => ({
  width,
  decode(view, entry) {
    const values = array(view.byteLength / width);
    for (let i = 0; i < values.length; i++) values[i] = read(view, i * width, entry);
    return [values, dtype];
  },
});
const float = (width: number, read: (view: DataView, at: number) => number) =>
  decoder(width, (n) => new Float32Array(n), 'float32', read);
const integer = (width: number, read: (view: DataView, at: number, entry: Entry) => number) =>
  decoder(width, (n) => new Int32Array(n), 'int32', read);

const decoders: Record<string, Decoder> = {
  F64: float(8, (view, at) => view.getFloat64(at, true)),
  F32: float(4, (view, at) => view.getFloat32(at, true)),
  F16: float(2, (view, at) => half(view.getUint16(at, true))),
  BF16: float(2, (view, at) => bfloat(view.getUint16(at, true))),
  I64: integer(8, (view, at, { name }) => {
    const value = view.getBigInt64(at, true);
    if (BigInt.asIntN(32, value) !== value) {
      throw new Error(
        `loadSafetensors: tensor ${JSON.stringify(name)} contains ${value}, which does not fit in an int32`,
      );
    }
    return Number(value);
  }),
  I32: integer(4, (view, at) => view.getInt32(at, true)),
  I16: integer(2, (view, at) => view.getInt16(at, true)),
  U16: integer(2, (view, at) => view.getUint16(at, true)),
  I8: integer(1, (view, at) => view.getInt8(at)),
  U8: integer(1, (view, at) => view.getUint8(at)),
  BOOL: decoder(
    1,
    (n) => new Uint8Array(n),
    'bool',
    (view, at) => (view.getUint8(at) ? 1 : 0),
  ),
};

// IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction.
function half(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size =
    exponent === 31
      ? fraction
        ? Number.NaN
        : Number.POSITIVE_INFINITY
      : exponent === 0
        ? fraction * 2 ** -24
        : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits >> 15 ? -size : size;
}

// The upper half of a float32.
const scratch = new DataView(new ArrayBuffer(4));
function bfloat(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}
