import { assertArgument, object, required, show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { assertBareTensors } from './assert-bare-tensors';
import { encodeUtf8 } from './utf8';

// Wide elements come first. The format allows no gaps, so this order aligns every tensor.
const formats = {
  float32: { dtype: 'F32', width: 4 },
  int32: { dtype: 'I32', width: 4 },
  bool: { dtype: 'BOOL', width: 1 },
} as const;

/**
 * Writes named tensors as a safetensors file, which PyTorch and others can read.
 *
 * The file consists of the header's length (64 bits), the header (JSON: dtype, shape and offsets of every tensor) and the
 * values, all little-endian. float32 becomes F32, int32 becomes I32, bool becomes BOOL. The same tensors give the same bytes.
 *
 * The values are those at the time of the call: the tensors may be disposed, and variables assigned, before the promise resolves.
 *
 * @param tensors such as `model.parameters()`; they are not disposed
 * @param metadata strings to store with them
 * @returns the bytes of the file
 * @throws when a value is not a tensor, has another dtype, is disposed or is named `__metadata__`, or the metadata contains
 *   anything but strings
 * @example
 * await writeFile('model.safetensors', await saveSafetensors(model.parameters(), { epoch: '8' }));
 * @see https://huggingface.co/docs/safetensors, "Format"
 */
export async function saveSafetensors(
  tensors: tf.NamedTensorMap,
  metadata: Record<string, string> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  assertBareTensors('saveSafetensors', tensors);
  assertArgument('saveSafetensors', 'tensors', tensors, required(object));
  assertArgument('saveSafetensors', 'metadata', metadata, object);
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') {
      throw new Error(
        `saveSafetensors: the metadata ${JSON.stringify(key)} is ${JSON.stringify(value)}; give a string`,
      );
    }
  }
  const entries = Object.entries(tensors).map(([name, tensor]) => ({
    name,
    tensor,
    ...findFormat(name, tensor),
  }));
  entries.sort((a, b) => b.width - a.width || (a.name < b.name ? -1 : 1));
  const places: [string, object][] = [];
  let end = 0;
  for (const { name, tensor, dtype, width } of entries) {
    const begin = end;
    end += tensor.size * width;
    places.push([name, { dtype, shape: tensor.shape, data_offsets: [begin, end] }]);
  }
  const described = Object.keys(metadata).length ? [['__metadata__', metadata] as const] : [];
  const header = encodeHeader(Object.fromEntries([...described, ...places]));
  const bytes = new Uint8Array(header.length + end);
  bytes.set(header);
  // A clone shares its values, and keeps them when the tensor is disposed or assigned while others are read.
  const clones = entries.map(({ tensor }) => tf.keep(tf.clone(tensor)));
  try {
    let at = header.length;
    for (const [i, { width }] of entries.entries()) {
      write(bytes, at, await clones[i]!.data(), width);
      at += clones[i]!.size * width;
    }
    return bytes;
  } finally {
    tf.dispose(clones);
  }
}

function findFormat(name: string, tensor: tf.Tensor) {
  if (name === '__metadata__') {
    throw new Error(
      "saveSafetensors: a tensor is named '__metadata__', which the format reserves; give it another name",
    );
  }
  if (tensor instanceof tf.Tensor && tensor.isDisposed) {
    throw new Error(
      `saveSafetensors: ${name} is ${show(tensor)}; save the tensors before they or their model are disposed`,
    );
  }
  if (!(tensor instanceof tf.Tensor) || !(tensor.dtype in formats)) {
    throw new Error(
      `saveSafetensors: ${name} is ${show(tensor)}; give a tensor of float32, int32 or bool, or cast it with tf.cast`,
    );
  }
  return formats[tensor.dtype as keyof typeof formats];
}

// The header's length, then the header, padded with spaces so that the values start at a multiple of 8.
function encodeHeader(header: object): Uint8Array {
  const text = encodeUtf8(JSON.stringify(header));
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  return bytes;
}

function write(bytes: Uint8Array, at: number, values: tf.TypedArray, width: number): void {
  const view = new DataView(bytes.buffer);
  if (values instanceof Float32Array) {
    for (let i = 0; i < values.length; i++) view.setFloat32(at + i * width, values[i]!, true);
  } else if (values instanceof Int32Array) {
    for (let i = 0; i < values.length; i++) view.setInt32(at + i * width, values[i]!, true);
  } else {
    bytes.set(values as Uint8Array, at);
  }
}
