/** So little at a time that what it unpacks to, at most a thousand times as much, fits in memory. */
const SLICE = 2 ** 14;

/**
 * Unpacks deflated bytes that may have been made to fill the memory.
 *
 * @param format 'gzip', or 'deflate' for zlib's form, which PNG has
 * @param maxBytes how much they may unpack to
 * @throws when they are damaged or unpack to more
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
  feed().catch(() => {}); // the reader meets the same error
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
