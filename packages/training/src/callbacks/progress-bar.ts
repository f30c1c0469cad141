import { assertOptions, count, func } from '@tenfold/checks';
import { type Callback, named } from '../callback';
import type { EpochReport } from '../epoch-report';
import { terminal } from '../files/platform';
import type { StepReport } from '../step-report';

export interface ProgressBarOptions {
  /** Writes text; to standard error by default, in a browser to the console. */
  write?: (text: string) => void;
  /** The width of the line in characters; by default that of the terminal, at most 80. With `write`, it says that there is a terminal. */
  columns?: number;
}

/** The milliseconds between two updates. */
const PAUSE = 100;
const CLEAR = '\r\u001b[K';

/**
 * Shows the progress of training: on a terminal a bar with loss, steps per second and the time left, and a line after each epoch.
 *
 * Where the output is no terminal, such as a file, only the lines are written, without control characters.
 *
 * @throws when an option is wrong
 * @example
 * await fit(model, { ...options, callbacks: [progressBar()] });
 * // epoch 2/10 ━━━━━━━━━━━━━━────── 212/300  41.2 steps/s  1 min 4 s left  loss 0.4012
 */
export function progressBar(options: ProgressBarOptions = {}): Callback {
  assertOptions('progressBar', options, { write: func, columns: count });
  return named('progressBar', ({ epochs, stepsPerEpoch, trainer }) => {
    const standard = terminal();
    const { write = standard.write, columns = Math.min(80, standard.columns) } = options;
    const { isTerminal } =
      options.write === undefined ? standard : { isTerminal: options.columns !== undefined };
    const began = performance.now();
    const first = trainer.stepCount;
    let shown = 0;
    let isOpen = false;
    const title = (epoch: number) => `epoch ${epoch + 1}/${epochs}`;
    const cut = (text: string) => (text.length > columns - 1 ? text.slice(0, columns - 1) : text);
    const rateAt = (step: number) => (step - first) / ((performance.now() - began) / 1000);
    return {
      onStep({ epoch, step, totalSteps, loss, sums }: StepReport) {
        const now = performance.now();
        if (!isTerminal || now - shown < PAUSE) return;
        shown = now;
        const rate = rateAt(step);
        const left = Number.isNaN(totalSteps) ? '' : `  ${duration((totalSteps - step) / rate)} left`;
        const done = `${sums.steps}${stepsPerEpoch === undefined ? '' : `/${stepsPerEpoch}`}`;
        const end = ` ${done}  ${rate.toPrecision(3)} steps/s${left}  loss ${short(loss)}`;
        const room = Math.min(24, columns - 3 - title(epoch).length - end.length);
        const bar =
          stepsPerEpoch !== undefined && room >= 4 ? ` ${line(room, sums.steps / stepsPerEpoch)}` : '';
        write(`${CLEAR}${cut(`${title(epoch)}${bar}${end}`)}`);
        isOpen = true;
      },
      onEpoch({ epoch, loss, metrics, validation, steps, seconds }: EpochReport) {
        const values = validation
          ? { 'validation loss': validation.loss, ...validation.metrics }
          : (metrics as { [name: string]: number });
        const text = Object.entries(values).map(([name, value]) => `${name} ${short(value)}`);
        const parts = [
          `${title(epoch)}  ${duration(seconds)}`,
          `${(steps / seconds).toPrecision(3)} steps/s`,
        ];
        write(`${isOpen ? CLEAR : ''}${[...parts, `loss ${short(loss)}`, ...text].join('  ')}\n`);
        isOpen = false;
      },
      end() {
        if (isOpen) write('\n');
      },
    };
  });
}

const line = (width: number, share: number): string => {
  const full = Math.round(width * Math.min(1, share));
  return '━'.repeat(full) + '─'.repeat(width - full);
};

const short = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 10) return `${seconds.toPrecision(2)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}
