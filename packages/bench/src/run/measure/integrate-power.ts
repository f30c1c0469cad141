/** The energy of the counted intervals, from power samples. Times are in milliseconds, power in watts. */
export interface PowerIntegral {
  start(time: number): void;
  stop(time: number): void;
  /** Samples are in order of time and may arrive late; NaN is ignored. */
  sample(time: number, watts: number): void;
  /** Joules so far; null before the first sample. */
  read(now: number): number | null;
}

/** Trapezoids between samples; before the first and after the last sample the power is constant. */
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
