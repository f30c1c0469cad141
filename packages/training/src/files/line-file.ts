import { appendFile, readFile, truncateFile } from './platform';

const NEWLINE = '\n'.charCodeAt(0);

/** A text file to which lines are appended. */
export interface LineFile {
  /** The lines that it had when it was opened. */
  readonly lines: string[];
  /** Appends a line. */
  append(line: string): Promise<void>;
}

/** Opens a file to append lines to. What was written stays, except for a last line that a crash has cut short. */
export async function openLineFile(path: string): Promise<LineFile> {
  const content = (await readFile(path)) ?? new Uint8Array();
  const end = content.lastIndexOf(NEWLINE) + 1;
  if (end < content.length) await truncateFile(path, end);
  const text = new TextDecoder().decode(content.subarray(0, end));
  return {
    lines: text.split('\n').slice(0, -1),
    append: (line) => appendFile(path, new TextEncoder().encode(`${line}\n`)),
  };
}
