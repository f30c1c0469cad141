import { percent, seconds } from '../../lib/format';
import type { RunEvent } from '../../results/run-events';
import { downloadLine, stepParts } from './plain-log';

const BAR = 16;
const NARROW = 110; // columns; below it the bar is half as long

/**
 * The status line for an event, at most `width` characters; undefined for an event without one. Parts that do not fit are
 * dropped from the right.
 *
 * @param model which model of how many, from 1
 */
export function statusLine(
  event: RunEvent,
  width: number,
  model = { index: 1, count: 1 },
): string | undefined {
  switch (event.type) {
    case 'stage':
      return fit(event.message, [], width);
    case 'download': {
      const bar =
        event.totalBytes === null ? '' : `${progressBar(event.receivedBytes / event.totalBytes, width)} `;
      return fit(bar + downloadLine(event), [], width);
    }
    case 'step': {
      const done = event.step / event.totalSteps;
      const head =
        `${event.model} ${model.index}/${model.count} ${progressBar(done, width)} ${percent(done, 0)} ` +
        `epoch ${event.epoch}/${event.epochs}, ${seconds(event.secondsLeft)} left`;
      return fit(head, stepParts(event), width);
    }
    case 'evaluate': {
      const done = event.done / event.total;
      const head = `${event.model} ${model.index}/${model.count} ${progressBar(done, width)} ${percent(done, 0)} testing`;
      return fit(head, [`${event.done} of ${event.total} images`], width);
    }
    default:
      return undefined;
  }
}

function progressBar(done: number, width: number): string {
  const length = width < NARROW ? BAR / 2 : BAR;
  const filled = Math.round(Math.min(1, Math.max(0, done)) * length);
  return '█'.repeat(filled) + '░'.repeat(length - filled);
}

function fit(head: string, parts: string[], width: number): string {
  let line = head;
  for (const part of parts) {
    if (line.length + 2 + part.length > width) break;
    line += `  ${part}`;
  }
  return line.length > width ? `${line.slice(0, Math.max(0, width - 1))}…` : line;
}
