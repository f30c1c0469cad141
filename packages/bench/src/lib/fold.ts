import { stripVTControlCharacters } from 'node:util';

/**
 * Breaks a line that is wider than a terminal, between the parts that ' | ' separates, otherwise between words. What follows is
 * indented.
 *
 * @param columns of the terminal; undefined where lines stay whole, as in a file
 */
export function fold(line: string, columns: number | undefined): string {
  if (columns === undefined) return line;
  const lines: string[] = [''];
  for (const part of line.includes(' | ') ? line.split(/(?<= \|) /) : line.split(' ')) {
    const last = lines.at(-1)!;
    const joined = last === '' ? part : `${last}${last === INDENT ? '' : ' '}${part}`;
    if (last.trim() === '' || stripVTControlCharacters(joined).length <= columns)
      lines[lines.length - 1] = joined;
    else lines.push(INDENT + part);
  }
  return lines.join('\n');
}

const INDENT = '  ';

/** The columns of a terminal; undefined for a file or a pipe. */
export const terminalColumns = ({ isTTY, columns }: NodeJS.WriteStream): number | undefined =>
  isTTY ? columns || 80 : undefined;
