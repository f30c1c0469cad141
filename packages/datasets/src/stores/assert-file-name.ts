/** Throws unless a text can name a file or folder, and none outside of the one that it is in. */
export function assertFileName(name: string, word: string): void {
  if (/^[\w-][\w.-]*$/.test(word)) return;
  throw new Error(`${name}: ${JSON.stringify(word)} cannot name a file; use letters, digits, - and .`);
}
