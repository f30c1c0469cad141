import { expectClose, goldens } from '@tenfold/testing';
import { describe, expect, it } from 'vitest';
import * as exported from './index';
import {
  constantSchedule,
  cosineDecay,
  cosineWarmRestarts,
  cyclic,
  joinSchedules,
  type LinearDecayOptions,
  linearDecay,
  oneCycle,
  piecewiseInterpolate,
  type Schedule,
  type StepDecayOptions,
  stepDecay,
  warmup,
  warmupStableDecay,
} from './index';

interface Case {
  options: object | number;
  values: number[];
}
const files = Object.entries(goldens<Case[]>(new URL('../goldens/', import.meta.url)));
const schedules = files.filter(([, [first]]) => 'values' in first!);

function make(name: string, options: object | number): Schedule {
  if (name === 'warmup') {
    const { steps, ...rest } = options as { peak: number; totalSteps: number; steps: number };
    return warmup(cosineDecay(rest), { steps });
  }
  if (name === 'joinSchedules') {
    const { first, second, at } = options as {
      first: StepDecayOptions;
      second: LinearDecayOptions;
      at: number[];
    };
    return joinSchedules([stepDecay(first), linearDecay(second)], { at });
  }
  return (exported as unknown as Record<string, (options: unknown) => Schedule>)[name]!(options);
}

describe("a step has the value of PyTorch's scheduler", () => {
  const cases = schedules.flatMap(([name, cases]) =>
    cases.map((c) => [`${name} ${JSON.stringify(c.options)}`, { name, ...c }] as const),
  );

  it.each(cases)('%s', async (_, { name, options, values }) => {
    const schedule = make(name, options);
    // PyTorch computes each value from the previous one, with rounding errors.
    await expectClose(
      values.map((_, step) => schedule(step)),
      values,
      { absolute: 1e-12, relative: 1e-12 },
    );
  });

  it('for all schedules', () => {
    expect(schedules.length).toBeGreaterThan(5);
  });
});

/** Exact values where a schedule starts, bends and ends, and after its end. */
const exact: [string, Schedule, { [step: number]: number }][] = [
  ['constantSchedule', constantSchedule(0.25), { 0: 0.25, 1: 0.25, 1e9: 0.25 }],
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
    'linearDecay',
    linearDecay({ start: 1, end: 0.5, totalSteps: 4 }),
    { 0: 1, 1: 0.875, 3: 0.625, 4: 0.5, 5: 0.5, 1000: 0.5 },
  ],
  ['linearDecay rising', linearDecay({ start: 0, end: 2, totalSteps: 2 }), { 0: 0, 1: 1, 2: 2, 3: 2 }],
  ['linearDecay to 0', linearDecay({ start: 0.3, totalSteps: 3 }), { 0: 0.3, 3: 0, 4: 0 }],
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
    oneCycle({
      peak: 1,
      totalSteps: 11,
      warmupFraction: 0.5454545454545454,
      shape: 'linear',
      start: 0.5,
      end: 0.25,
    }),
    { 0: 0.5, 1: 0.6, 5: 1, 10: 0.25, 11: 0.25, 1000: 0.25 },
  ],
  ['oneCycle by default', oneCycle({ peak: 25, totalSteps: 10 }), { 0: 1, 2: 25, 9: 1e-4, 10: 1e-4 }],
  [
    'warmup',
    warmup(linearDecay({ start: 4, totalSteps: 2 }), { steps: 4 }),
    { 0: 1, 1: 2, 3: 4, 4: 4, 5: 2, 6: 0, 7: 0 },
  ],
];

describe('a schedule has exact values where it starts, bends and ends, and after its end', () => {
  it.each(exact)('%s', async (_, schedule, values) => {
    const steps = Object.keys(values).map(Number);
    await expectClose(steps.map(schedule), Object.values(values), { absolute: 1e-15, relative: 1e-12 });
  });
});

it('warmup before a cosine equals a cosine with a warm-up', async () => {
  const [one, other] = [
    warmup(cosineDecay({ peak: 0.7, totalSteps: 9, end: 0.1 }), { steps: 4 }),
    cosineDecay({ peak: 0.7, totalSteps: 13, end: 0.1, warmupSteps: 4 }),
  ];
  const steps = Array.from({ length: 20 }, (_, step) => step);
  await expectClose(steps.map(one), steps.map(other), { absolute: 0, relative: 1e-14 });
});

const wrong = (value: unknown) => value as never;

describe('bad options', () => {
  it.each([
    [() => constantSchedule(-1), /^constantSchedule: value is -1; give a finite number of at least 0/],
    [() => stepDecay({ start: 1 }), /^stepDecay: neither of every and at are given; give one of the two/],
    [() => stepDecay({ start: 1, every: 2, at: [1] }), /^stepDecay: both of every and at are given/],
    [() => stepDecay({ start: 1, every: 0 }), /^stepDecay: every is 0; give an integer of at least 1/],
    [
      () => stepDecay({ start: 1, at: [3, 3] }),
      /^stepDecay: at is \[3, 3\]; give integers of at least 0 in ascending order/,
    ],
    [() => stepDecay({ start: 1, at: [-1] }), /^stepDecay: at is \[-1\]/],
    [() => linearDecay({ start: Number.NaN, totalSteps: 3 }), /^linearDecay: start is NaN/],
    [
      () => linearDecay({ start: 1, totalSteps: 0 }),
      /^linearDecay: totalSteps is 0; give an integer of at least 1/,
    ],
    [() => cosineDecay({ peak: 1, totalSteps: 1.5 }), /^cosineDecay: totalSteps is 1.5/],
    [
      () => cosineDecay({ peak: 1, totalSteps: 5, warmupSteps: 5 }),
      /^cosineDecay: warmupSteps is 5 of 5 totalSteps; give an integer from 0 to 4/,
    ],
    [() => cosineWarmRestarts({ peak: 1, period: 0 }), /^cosineWarmRestarts: period is 0/],
    [() => cosineWarmRestarts({ peak: 1, period: 2, growth: 1.5 }), /^cosineWarmRestarts: growth is 1.5/],
    [
      () => oneCycle({ peak: 1, totalSteps: 10, warmupFraction: 1 }),
      /^oneCycle: warmupFraction is 1 of 10 totalSteps/,
    ],
    [() => oneCycle({ peak: 1, totalSteps: 3 }), /^oneCycle: warmupFraction is 0.3 of 3 totalSteps/],
    [
      () => oneCycle({ peak: 1, totalSteps: 10, shape: 'cos' as 'cosine' }),
      /^oneCycle: shape is "cos"; give "cosine" or "linear"/,
    ],
    [
      () => cosineDecay({ peak: Number.NaN, totalSteps: 3 }),
      /^cosineDecay: peak is NaN; give a finite number/,
    ],
    [() => cosineDecay({ peak: -1, totalSteps: 3 }), /^cosineDecay: peak is -1/],
    [
      () => cosineDecay(wrong({ peak: 1, end: '0.5', totalSteps: 3 })),
      /^cosineDecay: end is "0.5" \(a string\)/,
    ],
    [() => cosineDecay(wrong({ peak: 1 })), /^cosineDecay: totalSteps is missing; give an integer/],
    [
      () => cosineDecay(wrong({ peak: 1, warmup: 2, totalSteps: 9 })),
      /no option "warmup"; did you mean warmupSteps/,
    ],
    [() => linearDecay(wrong({ start: '0.5', totalSteps: 3 })), /^linearDecay: start is "0.5" \(a string\)/],
    [() => linearDecay(wrong({ start: null, totalSteps: 3 })), /^linearDecay: start is null/],
    [
      () => oneCycle(wrong({ peak: 1, totalSteps: 10, rising: 0.5 })),
      /^oneCycle: there is no option "rising"/,
    ],
    [() => constantSchedule(wrong(undefined)), /^constantSchedule: value is missing/],
    [() => warmup(wrong(0.1), { steps: 3 }), /^warmup: schedule is 0.1; give a schedule such as cosineDecay/],
    [
      () =>
        piecewiseInterpolate({
          points: [
            [5, 1],
            [5, 2],
          ],
        }),
      /^piecewiseInterpolate: points is an array of 2; give pairs \[step, value\]/,
    ],
    [() => piecewiseInterpolate({ points: [] }), /^piecewiseInterpolate: points is/],
    [() => piecewiseInterpolate({ points: [[0, -1]] }), /^piecewiseInterpolate: points is/],
    [
      () => joinSchedules([constantSchedule(1)], { at: [3] }),
      /^joinSchedules: the number of steps in at is 1, that of schedules 1; give one step for each schedule but the first/,
    ],
    [
      () => joinSchedules([constantSchedule(1), constantSchedule(2), constantSchedule(3)], { at: [3, 3] }),
      /^joinSchedules: at is \[3, 3\]; give integers of at least 0 in ascending order/,
    ],
    [
      () => warmupStableDecay({ peak: 1, warmupSteps: 5, decaySteps: 6, totalSteps: 10 }),
      /^warmupStableDecay: warmupSteps is 5 and decaySteps is 6 of 10 totalSteps; give a larger totalSteps/,
    ],
    [
      () => cyclic({ low: 0, high: 1, stepsUp: 3, mode: wrong('exp') }),
      /^cyclic: mode is "exp"; give "triangular", "triangular2" or "exponentialRange"/,
    ],
    [() => warmup(constantSchedule(1), { steps: 0 }), /^warmup: steps is 0; give an integer of at least 1/],
  ])('shows the value and says how to fix it', (call, message) => {
    expect(call).toThrow(message);
  });
});

it.each(schedules.map(([name, [first]]) => [name, first!.options] as const))(
  '%s refuses a step that is none',
  (name, options) => {
    const schedule = make(name, options);
    for (const [bad, shown] of [
      [Number.NaN, 'NaN'],
      [-1, '-1'],
      [Infinity, 'Infinity'],
      ['x', '"x"'],
      [null, 'null'],
      [undefined, 'missing'],
    ] as const) {
      expect(() => schedule(bad as number)).toThrow(
        `${name}: step is ${shown}; give a finite number of at least 0`,
      );
    }
  },
);
