import { expectClose, golden } from '@tenfold/testing';
import { describe, expect, it } from 'vitest';
import {
  constant,
  cosineDecay,
  cosineWarmRestarts,
  linear,
  oneCycle,
  type Schedule,
  stepDecay,
  warmup,
} from './index';

interface Case {
  schedule: keyof typeof make;
  options: object | number;
  values: number[];
}
const { schedules } = golden<{ schedules: Case[] }>(new URL('../goldens/optimizers.json', import.meta.url));

const make = {
  constant,
  stepDecay,
  linear,
  cosineDecay,
  cosineWarmRestarts,
  oneCycle,
  warmup: ({ steps, ...options }: { peak: number; totalSteps: number; steps: number }) =>
    warmup(cosineDecay(options), { steps }),
};

it('has goldens for every schedule', () => {
  expect(new Set(schedules.map((c) => c.schedule))).toEqual(new Set(Object.keys(make)));
});

describe("a step has the value of PyTorch's scheduler", () => {
  it.each(schedules.map((c) => [`${c.schedule} ${JSON.stringify(c.options)}`, c] as const))(
    '%s',
    async (_, c) => {
      const schedule = (make[c.schedule] as (options: unknown) => Schedule)(c.options);
      const values = c.values.map((_, step) => schedule(step));
      // PyTorch carries each value on to the next step, and rounds on the way.
      await expectClose(values, c.values, { absolute: 1e-12, relative: 1e-12 });
    },
  );
});

/** Exact values where a schedule begins, bends and ends, and beyond. */
const exact: [string, Schedule, { [step: number]: number }][] = [
  ['constant', constant(0.25), { 0: 0.25, 1: 0.25, 1e9: 0.25 }],
  [
    'stepDecay every',
    stepDecay({ start: 8, factor: 0.5, every: 3 }),
    { 0: 8, 2: 8, 3: 4, 5: 4, 6: 2, 30: 2 ** -7 },
  ],
  [
    'stepDecay at',
    stepDecay({ start: 8, factor: 0.5, at: [2, 5] }),
    { 0: 8, 1: 8, 2: 4, 4: 4, 5: 2, 1000: 2 },
  ],
  ['stepDecay at 0', stepDecay({ start: 8, factor: 0.5, at: [0] }), { 0: 4 }],
  ['stepDecay never', stepDecay({ start: 8, at: [] }), { 0: 8, 1000: 8 }],
  [
    'linear',
    linear({ start: 1, end: 0.5, totalSteps: 4 }),
    { 0: 1, 1: 0.875, 3: 0.625, 4: 0.5, 5: 0.5, 1000: 0.5 },
  ],
  ['linear rising', linear({ start: 0, end: 2, totalSteps: 2 }), { 0: 0, 1: 1, 2: 2, 3: 2 }],
  ['linear to 0', linear({ start: 0.3, totalSteps: 3 }), { 0: 0.3, 3: 0, 4: 0 }],
  ['cosineDecay', cosineDecay({ peak: 2, totalSteps: 4 }), { 0: 2, 4: 0, 5: 0, 1000: 0 }],
  [
    'cosineDecay with a warm-up',
    cosineDecay({ peak: 2, totalSteps: 8, warmupSteps: 4, end: 1 }),
    { 0: 0.5, 1: 1, 3: 2, 4: 2, 8: 1, 9: 1 },
  ],
  ['cosineWarmRestarts', cosineWarmRestarts({ peak: 2, end: 1, period: 4 }), { 0: 2, 4: 2, 8: 2, 4e6: 2 }],
  [
    'cosineWarmRestarts growing',
    cosineWarmRestarts({ peak: 2, end: 1, period: 2, growth: 2 }),
    { 0: 2, 2: 2, 6: 2, 14: 2, 4: 1.5 },
  ],
  [
    'oneCycle',
    oneCycle({ peak: 1, totalSteps: 11, rising: 0.5454545454545454, shape: 'linear', start: 0.5, end: 0.25 }),
    { 0: 0.5, 1: 0.6, 5: 1, 10: 0.25, 11: 0.25, 1000: 0.25 },
  ],
  ['oneCycle by default', oneCycle({ peak: 25, totalSteps: 10 }), { 0: 1, 2: 25, 9: 1e-4, 10: 1e-4 }],
  [
    'warmup',
    warmup(linear({ start: 4, totalSteps: 2 }), { steps: 4 }),
    { 0: 1, 1: 2, 3: 4, 4: 4, 5: 2, 6: 0, 7: 0 },
  ],
];

describe('a schedule has exact values where it begins, bends and ends, and beyond', () => {
  it.each(exact)('%s', async (_, schedule, values) => {
    const steps = Object.keys(values).map(Number);
    await expectClose(steps.map(schedule), Object.values(values), { absolute: 1e-15, relative: 1e-12 });
  });
});

it('warmup of a cosine is the cosine with a warm-up', async () => {
  const [one, other] = [
    warmup(cosineDecay({ peak: 0.7, totalSteps: 9, end: 0.1 }), { steps: 4 }),
    cosineDecay({ peak: 0.7, totalSteps: 13, end: 0.1, warmupSteps: 4 }),
  ];
  const steps = Array.from({ length: 20 }, (_, step) => step);
  await expectClose(steps.map(one), steps.map(other), { absolute: 0, relative: 1e-14 });
});

describe('bad options', () => {
  it.each([
    [() => constant(-1), /^constant: value is -1; give a finite number of at least 0/],
    [() => stepDecay({ start: 1 }), /^stepDecay: neither of every and at given; give one of the two/],
    [() => stepDecay({ start: 1, every: 2, at: [1] }), /^stepDecay: both of every and at given/],
    [() => stepDecay({ start: 1, every: 0 }), /^stepDecay: every is 0; give an integer of at least 1/],
    [
      () => stepDecay({ start: 1, at: [3, 3] }),
      /^stepDecay: at is \[3,3\]; give integers of at least 0 that rise/,
    ],
    [() => stepDecay({ start: 1, at: [-1] }), /^stepDecay: at is \[-1\]/],
    [() => linear({ start: Number.NaN, totalSteps: 3 }), /^linear: start is NaN/],
    [() => linear({ start: 1, totalSteps: 0 }), /^linear: totalSteps is 0; give an integer of at least 1/],
    [() => cosineDecay({ peak: 1, totalSteps: 1.5 }), /^cosineDecay: totalSteps is 1.5/],
    [
      () => cosineDecay({ peak: 1, totalSteps: 5, warmupSteps: 5 }),
      /^cosineDecay: warmupSteps is 5 of 5 totalSteps; give an integer from 0 to 4/,
    ],
    [() => cosineWarmRestarts({ peak: 1, period: 0 }), /^cosineWarmRestarts: period is 0/],
    [() => cosineWarmRestarts({ peak: 1, period: 2, growth: 1.5 }), /^cosineWarmRestarts: growth is 1.5/],
    [() => oneCycle({ peak: 1, totalSteps: 10, rising: 1 }), /^oneCycle: rising is 1 of 10 totalSteps/],
    [() => oneCycle({ peak: 1, totalSteps: 3 }), /^oneCycle: rising is 0.3 of 3 totalSteps/],
    [() => oneCycle({ peak: 1, totalSteps: 10, shape: 'cos' as 'cosine' }), /^oneCycle: shape is "cos"/],
    [() => warmup(constant(1), { steps: 0 }), /^warmup: steps is 0; give an integer of at least 1/],
  ])('says what came and what to do', (call, message) => {
    expect(call).toThrow(message);
  });
});
