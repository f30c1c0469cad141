import type { LoadProgress } from './load-options';

/** Reports what loading does to the caller's `onProgress`, with rates, and not too often. */
export interface Reporter {
  /** A source begins: its bytes are counted from zero. */
  begin(source: string, totalBytes?: number | null): void;
  /** `bytes` more have come; `totalBytes` when the total is known better now. */
  received(bytes: number, totalBytes?: number | null): void;
  say(phase: 'storing' | 'waiting' | 'notice', message: string): void;
}

const reportEvery = 100; // milliseconds
const rateOver = 3000; // milliseconds

/** @param now milliseconds, for tests */
export function createReporter(
  onProgress: ((progress: LoadProgress) => void) | undefined,
  now: () => number = () => performance.now(),
): Reporter {
  let source = '';
  let bytes = 0;
  let totalBytes: number | null = null;
  let reported = Number.NEGATIVE_INFINITY;
  let samples: { time: number; bytes: number }[] = [];

  const rate = (): number => {
    const first = samples[0];
    const last = samples.at(-1);
    return first && last && last.time > first.time
      ? ((last.bytes - first.bytes) / (last.time - first.time)) * 1000
      : 0;
  };
  const report = (phase: LoadProgress['phase'], message?: string) => {
    const bytesPerSecond = rate();
    const known = totalBytes !== null && bytesPerSecond > 0;
    const secondsLeft = known ? Math.max(0, totalBytes! - bytes) / bytesPerSecond : null;
    const of = totalBytes === null ? '' : ` of ${megabytes(totalBytes)}`;
    const left = secondsLeft === null ? '' : `, ${Math.ceil(secondsLeft)} s left`;
    onProgress?.({
      phase,
      message: message ?? `${source}: ${megabytes(bytes)}${of}, ${megabytes(bytesPerSecond)}/s${left}`,
      source,
      bytes,
      totalBytes,
      bytesPerSecond,
      secondsLeft,
    });
  };

  return {
    begin(name, total = null) {
      source = name;
      bytes = 0;
      totalBytes = total;
      samples = [{ time: now(), bytes: 0 }];
      reported = Number.NEGATIVE_INFINITY;
    },
    received(count, total) {
      bytes += count;
      if (total !== undefined) totalBytes = total;
      const time = now();
      if (time - reported < reportEvery && bytes !== totalBytes) return;
      samples.push({ time, bytes });
      while (samples.length > 2 && time - samples[0]!.time > rateOver) samples.shift();
      reported = time;
      report('downloading');
    },
    say: report,
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
