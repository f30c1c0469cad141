import { expect, it } from 'vitest';
import type { LoadProgress } from './load-options';
import { createReporter } from './progress';

it('reports rate and time left at most ten times per second, and always the end', () => {
  let time = 0;
  const events: LoadProgress[] = [];
  const reporter = createReporter(
    (event) => events.push(event),
    () => time,
  );
  reporter.begin('a', 100e6);
  for (let i = 0; i < 1000; i++) {
    time += 10; // ten milliseconds for 0.1 MB: 10 MB/s
    reporter.received(1e5);
  }
  expect(events.length).toBeGreaterThan(90);
  expect(events.length).toBeLessThanOrEqual(101);
  const middle = events[50]!;
  expect(middle.bytesPerSecond).toBeCloseTo(10e6, -3);
  expect(middle.secondsLeft).toBeCloseTo((100e6 - middle.bytes) / 10e6, 3);
  expect(middle.message).toMatch(/^a: \d+\.\d MB of 100\.0 MB, 10\.0 MB\/s, \d+ s left$/);
  expect(events.at(-1)).toMatchObject({
    phase: 'downloading',
    bytes: 100e6,
    totalBytes: 100e6,
    secondsLeft: 0,
  });
});

it('forgets old rates, and starts anew with every source', () => {
  let time = 0;
  const events: LoadProgress[] = [];
  const reporter = createReporter(
    (event) => events.push(event),
    () => time,
  );
  reporter.begin('a');
  for (let i = 0; i < 100; i++) {
    time += 100;
    reporter.received(i < 50 ? 1e6 : 1e3);
  }
  expect(events.at(-1)!.bytesPerSecond).toBeCloseTo(1e4, 0);
  expect(events.at(-1)).toMatchObject({ totalBytes: null, secondsLeft: null });
  reporter.begin('b');
  reporter.log('notice', 'something');
  expect(events.at(-1)).toMatchObject({ source: 'b', bytes: 0, phase: 'notice', message: 'something' });
});
