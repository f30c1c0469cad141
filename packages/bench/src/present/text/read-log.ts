import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** A line of steps.jsonl: its kind, its time, and what it says. */
export type LogLine = { type: string } & Record<string, unknown>;

/**
 * Reads a step log, whose last line may be torn: by a crash, or because a run is writing it.
 *
 * @param say told of lines that cannot be read
 */
export async function* readLog(path: string, say: (message: string) => void): AsyncGenerator<LogLine> {
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
  if (damaged > 0) say(`${path}: ${damaged === 1 ? 'one line' : `${damaged} lines`} could not be read`);
}

function parse(text: string): LogLine | undefined {
  try {
    const value = JSON.parse(text);
    return typeof value?.type === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
