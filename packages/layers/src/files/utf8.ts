/** Encodes a string as UTF-8, also without TextEncoder, which Jest with jsdom lacks. */
export function encodeUtf8(text: string): Uint8Array {
  if (typeof TextEncoder === 'function') return new TextEncoder().encode(text);
  const escaped = encodeURIComponent(text);
  const bytes = escaped.matchAll(/%([0-9A-F]{2})|[^%]/g);
  return Uint8Array.from(bytes, ([one, hex]) => (hex ? Number.parseInt(hex, 16) : one.charCodeAt(0)));
}

/**
 * Decodes UTF-8 to a string, also without TextDecoder.
 *
 * @throws when the bytes are not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array): string {
  if (typeof TextDecoder === 'function') {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  }
  return decodeURIComponent(Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
}
