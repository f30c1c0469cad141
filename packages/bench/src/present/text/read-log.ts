import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** A line of steps.jsonl: its type, its time, and its values. */
export type LogLine = { type: string } & Record<string, unknown>;

/**
 * Reads a step log, whose last line may be torn by a crash or still being written.
 *
 * @param warn receives a message about lines that cannot be read
 */
export async function* readLog(path: string, warn: (message: string) => void): AsyncGenerator<LogLine> {
  const lines = createInterface({
    input: createReadStream(path, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  let damaged = 0;
  for await (const text of lines) {
    if (text === '') continue;
    const line = parse(text);
    if (line) yield line;
    else damaged++;
  }
  if (damaged > 0) warn(`${path}: ${damaged === 1 ? 'one line' : `${damaged} lines`} could not be read`);
}

function parse(text: string): LogLine | undefined {
  try {
    const value = JSON.parse(text);
    return typeof value?.type === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
