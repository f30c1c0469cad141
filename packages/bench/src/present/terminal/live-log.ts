import { clearLine, cursorTo } from 'node:readline';
import pc from 'picocolors';
import { fold } from '../../lib/fold';
import type { RunListener } from '../../results/run-events';
import { lastingLine } from './plain-log';
import { statusLine } from './status-line';

const INTERVAL = 100; // milliseconds; ten updates a second are enough for the eye

export interface LiveLog {
  listener: RunListener;
  /** Prints a line above the status line. */
  print(line: string): void;
  /** Removes the status line. */
  close(): void;
}

/**
 * A listener for a terminal: a status line at the bottom that is rewritten, and permanent lines above it.
 *
 * @param colors pc or a picocolors without color
 * @param now milliseconds, for tests
 */
export function liveLog(
  stream: NodeJS.WriteStream,
  colors: Pick<typeof pc, 'bold' | 'cyan'> = pc,
  now: () => number = () => performance.now(),
): LiveLog {
  let written = Number.NEGATIVE_INFINITY;
  let shown = false;
  let model = { index: 1, count: 1 };
  const clear = () => {
    if (!shown) return;
    cursorTo(stream, 0);
    clearLine(stream, 0);
    shown = false;
  };
  const print = (line: string) => {
    clear();
    stream.write(`${line}\n`);
    written = Number.NEGATIVE_INFINITY; // the next event shows the status line again
  };
  return {
    print,
    close: clear,
    listener(event) {
      if (
        event.type === 'forecast' ||
        event.type === 'modelStart' ||
        event.type === 'epoch' ||
        event.type === 'modelEnd'
      ) {
        if (event.type === 'modelStart') model = { index: event.modelIndex + 1, count: event.modelCount };
        const isBold = event.type === 'modelStart' || event.type === 'modelEnd';
        // A table has its own width.
        const line = lastingLine(event);
        const folded = event.type === 'forecast' ? line : fold(line, stream.columns || 80);
        return print(isBold ? colors.bold(folded) : folded);
      }
      if (now() - written < INTERVAL && event.type !== 'stage') return;
      // One column stays free: a terminal wraps a line that fills it, and the next line could not erase it.
      const line = statusLine(event, (stream.columns || 80) - 1, model);
      if (line === undefined) return;
      clear();
      stream.write(colors.cyan(line));
      shown = true;
      written = now();
    },
  };
}
