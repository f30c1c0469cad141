/** Small enough that its unpacked data, at most about a thousand times as large, fit in memory. */
const SLICE = 2 ** 14;

/**
 * Decompresses untrusted data with a limit on memory.
 *
 * @param format 'gzip', or 'deflate' for the zlib format, which PNG uses
 * @param maxBytes the maximum size of the decompressed data
 * @throws when the data are damaged or larger
 */
export async function inflate(
  bytes: Uint8Array<ArrayBuffer>,
  format: 'gzip' | 'deflate',
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new DecompressionStream(format);
  const writer = stream.writable.getWriter();
  const feed = async () => {
    for (let at = 0; at < bytes.length; at += SLICE) {
      await writer.ready;
      await writer.write(bytes.subarray(at, at + SLICE));
    }
    await writer.close();
  };
  feed().catch(() => {}); // the reader gets the same error
  const reader = stream.readable.getReader();
  const unpacked = new Uint8Array(maxBytes);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return unpacked.subarray(0, length);
    if (length + value.length > maxBytes) {
      reader.cancel().catch(() => {});
      throw new Error(`it unpacks to more than ${maxBytes} bytes`);
    }
    unpacked.set(value, length);
    length += value.length;
  }
}
