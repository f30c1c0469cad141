import { expect, it } from 'vitest';
import { constantSchedule } from './constant-schedule';
import { cosineWarmRestarts } from './cosine-warm-restarts';
import { linearDecay } from './linear-decay';
import { plotSchedule } from './plot-schedule';

it('draws bars from 0 to the largest value', () => {
  const plot = plotSchedule(linearDecay({ start: 0, end: 4, totalSteps: 4 }), {
    steps: 5,
    width: 5,
    height: 2,
  });
  expect(plot.split('\n')).toEqual(['4 ┤   ▄█', '  ┤ ▄███', '  0    4']);
});

it('draws zero, and fits 80 columns by default', () => {
  expect(plotSchedule(constantSchedule(0), { steps: 1, height: 2 }).split('\n')[0]).toBe('0 ┤');
  const lines = plotSchedule(cosineWarmRestarts({ peak: 0.1, period: 100, growth: 2 }), {
    steps: 700,
  }).split('\n');
  expect(lines).toHaveLength(9);
  for (const line of lines) expect(line.length).toBeLessThan(80);
});

it('says what is wrong', () => {
  expect(() => plotSchedule(0.1 as never, { steps: 3 })).toThrow(
    /^plotSchedule: schedule is 0.1; give a schedule such as/,
  );
  expect(() => plotSchedule(constantSchedule(1), { steps: 0 })).toThrow(/^plotSchedule: steps is 0; give/);
});
