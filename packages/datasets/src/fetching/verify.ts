import type { Part } from './declaration';

/**
 * Verifies the content of a part against its published sha256.
 *
 * @returns null if they agree, or else a description of the problem
 */
export async function findProblem(
  dataset: string,
  { file, bytes, sha256 }: Part,
  content: Uint8Array<ArrayBuffer>,
): Promise<string | null> {
  if (content.length !== bytes) return `${file} has ${content.length} bytes, expected ${bytes}`;
  if (!globalThis.crypto?.subtle) {
    throw new Error(
      `${dataset}: this page cannot compute sha256 (crypto.subtle is missing); serve it over https or from localhost`,
    );
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex === sha256
    ? null
    : `${file} is damaged or is a different file: its sha256 is ${hex}, expected ${sha256}`;
}
