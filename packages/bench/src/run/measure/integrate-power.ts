/** The energy of the intervals that count, from samples of the power. Times in milliseconds, power in watts. */
export interface PowerIntegral {
  start(time: number): void;
  stop(time: number): void;
  /** Samples come in order of their times, and may come late; what is not a number is left out. */
  sample(time: number, watts: number): void;
  /** Joules until now; null before the first sample. */
  read(now: number): number | null;
}

/** Trapezoids between the samples; before the first one and after the last one the power is theirs. */
export function integratePower(): PowerIntegral {
  let intervals: { from: number; to: number }[] = [];
  let last: { time: number; watts: number } | undefined;
  let joules = 0;
  const secondsWithin = (from: number, to: number): number =>
    intervals.reduce((sum, each) => sum + Math.max(0, Math.min(to, each.to) - Math.max(from, each.from)), 0) /
    1000;
  return {
    start: (time) => void intervals.push({ from: time, to: Number.POSITIVE_INFINITY }),
    stop(time) {
      const open = intervals.at(-1);
      if (open) open.to = Math.min(open.to, time);
    },
    sample(time, watts) {
      if (!Number.isFinite(time) || !Number.isFinite(watts) || (last && time <= last.time)) return;
      const mean = last ? (last.watts + watts) / 2 : watts;
      joules += mean * secondsWithin(last?.time ?? Number.NEGATIVE_INFINITY, time);
      last = { time, watts };
      intervals = intervals.filter(({ to }) => to > time);
    },
    read: (now) => (last ? joules + last.watts * secondsWithin(last.time, now) : null),
  };
}
