import { flop, percent, seconds } from '../../lib/format';
import type { ModelGroup } from '../../results/group-seeds';
import type { ModelResult } from '../../results/results';
import { lineChart, type Point } from './chart';

export type CurveX = 'epoch' | 'seconds' | 'flops' | 'joules';

export interface CurveOptions {
  y: 'testAccuracy' | 'testLoss';
  x: CurveX;
  /** The images of the accuracies. Default 'Test'. */
  images?: 'Test' | 'Held-out';
  /** A prefix of the id, for pages with several charts of a kind. */
  prefix?: string;
}

type Epoch = ModelResult['history'][number];

const over = { epoch: 'epochs', seconds: 'training time', flops: 'executed FLOP', joules: 'energy' } as const;

/** The curves of all models on shared axes as an SVG; undefined when no epoch has values for both axes. */
export async function learningCurves(
  groups: readonly ModelGroup[],
  { y, x, images = 'Test', prefix = '' }: CurveOptions,
): Promise<string | undefined> {
  const share = y === 'testAccuracy';
  const value = (epoch: Epoch, unit: number): Point | undefined => {
    const [at, found] = [epoch[x], epoch[y]];
    return at === null || found === null ? undefined : { x: at / unit, y: share ? 100 * found : found };
  };
  const histories = groups.flatMap(({ runs }) => runs.map(({ history }) => history));
  if (!histories.some((history) => history.some((epoch) => value(epoch, 1)))) return undefined;
  const largest = Math.max(0, ...histories.flat().map((epoch) => epoch[x] ?? 0));
  const unit = chooseUnit(x, largest);
  return lineChart({
    id: `${prefix}${y}-by-${x}`,
    title: curveTitle({ y, x, images }),
    description: `${groups.map((group) => describe(group, share, x)).join('; ')}.`,
    series: groups.map(({ name, runs }, index) => ({
      name,
      index,
      lines: runs.map(({ history }) =>
        history.map((epoch) => value(epoch, unit.size)).filter((point) => point !== undefined),
      ),
    })),
    x: {
      label: unit.name,
      ticks: x === 'epoch' ? wholeTicks(largest) : 5,
      format: x === 'epoch' ? 'd' : undefined,
      zero: x !== 'epoch',
    },
    y: { limits: [0, share ? 100 : Number.POSITIVE_INFINITY] },
  });
}

/** 'Test accuracy over training time'. */
export function curveTitle({ y, x, images = 'Test' }: CurveOptions): string {
  return `${images} ${y === 'testAccuracy' ? 'accuracy' : 'loss'} over ${over[x]}`;
}

function describe({ name, runs }: ModelGroup, share: boolean, x: CurveX): string {
  const ends = runs.map(({ history }) => {
    const last = history.at(-1);
    if (!last) return 'has no finished epoch';
    const value = share ? percent(last.testAccuracy) : (last.testLoss?.toFixed(3) ?? 'not a number');
    const cost = x === 'flops' ? ` and ${flop(last.flops)}` : '';
    return `ends at ${value} after epoch ${last.epoch} and ${seconds(last.seconds)}${cost}`;
  });
  return `${name} ${ends.join(', ')}`;
}

function chooseUnit(x: CurveX, largest: number): { name: string; size: number } {
  if (x === 'epoch') return { name: 'epoch', size: 1 };
  if (x === 'seconds') {
    if (largest < 180) return { name: 'training time (seconds)', size: 1 };
    return largest < 3 * 3600
      ? { name: 'training time (minutes)', size: 60 }
      : { name: 'training time (hours)', size: 3600 };
  }
  const [what, symbol] = x === 'flops' ? ['training', 'FLOP'] : ['energy', 'J'];
  const prefixes = ['', 'k', 'M', 'G', 'T', 'P', 'E'];
  const power = Math.min(prefixes.length - 1, Math.max(0, Math.floor(Math.log10(largest || 1) / 3)));
  return { name: `${what} (${prefixes[power]}${symbol})`, size: 1000 ** power };
}

/** At most six integers, starting at 1. */
function wholeTicks(last: number): number[] {
  const step = Math.max(1, Math.ceil(last / 6));
  return Array.from({ length: Math.ceil(last / step) }, (_, i) => 1 + i * step);
}
