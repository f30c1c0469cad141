import pc from 'picocolors';
import { type LiveLog, liveLog } from './live-log';
import { plainLog } from './plain-log';

/**
 * Shows the progress of a run: a status line on a terminal, plain lines in a file, a pipe, a CI log or a terminal
 * that cannot move its cursor.
 */
export function createProgress({ err, env }: { err: NodeJS.WriteStream; env: NodeJS.ProcessEnv }): LiveLog {
  const colors = pc.createColors(pc.isColorSupported && err.isTTY === true && !env.NO_COLOR);
  if (err.isTTY && !env.CI && env.TERM !== 'dumb') return liveLog(err, colors);
  const print = (line: string) => void err.write(`${line}\n`);
  return { listener: plainLog(print), print, close: () => {} };
}
