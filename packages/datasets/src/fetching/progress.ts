import type { LoadProgress } from './load-options';

/** Reports progress to the caller's `onProgress`, with rates, at a limited frequency. */
export interface Reporter {
  /** Starts a source and counts its bytes from zero. */
  begin(source: string, totalBytes?: number | null): void;
  /** Adds received bytes; `totalBytes` updates the expected total. */
  received(bytes: number, totalBytes?: number | null): void;
  log(phase: 'storing' | 'waiting' | 'notice', message: string): void;
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
    const total = totalBytes === null ? '' : ` of ${megabytes(totalBytes)}`;
    const left = secondsLeft === null ? '' : `, ${Math.ceil(secondsLeft)} s left`;
    onProgress?.({
      phase,
      message: message ?? `${source}: ${megabytes(bytes)}${total}, ${megabytes(bytesPerSecond)}/s${left}`,
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
    log: report,
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
