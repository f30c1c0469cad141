import { percent, seconds } from '../format';
import type { ModelResult } from '../results';
import { escapeHtml } from './escape-html';

export interface ChartOptions {
  y: 'testAccuracy' | 'testLoss';
  x: 'epoch' | 'seconds';
}

const WIDTH = 460;
const HEIGHT = 290;
const symbols = ['circle', 'square2', 'triangle', 'diamond2', 'star'] as const;
const dashes = ['none', '6 3', '2 3', '9 3 2 3', '12 4'];

interface Point {
  x: number;
  y: number;
}

/** The curves of all models on shared axes as an SVG that takes its colours from the page. */
export async function learningCurves(models: ModelResult[], { x, y }: ChartOptions): Promise<string> {
  const Plot = await import('@observablehq/plot');
  const { parseHTML } = await import('linkedom');
  const { document } = parseHTML('<html><body></body></html>');
  const share = y === 'testAccuracy';
  const unit = timeUnit(models);
  const curves = models.map(({ name, history }, index) => {
    const points = history
      .map((epoch) => ({ x: x === 'epoch' ? epoch.epoch : epoch.seconds / unit.seconds, y: epoch[y] }))
      .filter((point): point is Point => point.y !== null)
      .map((point) => ({ ...point, y: share ? 100 * point.y : point.y }));
    return { name, index, points, color: `var(--model-${(index % symbols.length) + 1})` };
  });
  const drawn = curves.filter(({ points }) => points.length > 0);
  const labels = spread(
    drawn.map(({ name, color, points }) => ({ name, color, ...points.at(-1)! })),
    drawn.flatMap(({ points }) => points),
  );
  const epochs = Math.max(1, ...models.map(({ history }) => history.length));
  const svg = Plot.plot({
    document,
    className: 'plot',
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 46,
    marginRight: 84,
    marginBottom: 44,
    marginTop: 12,
    style: { fontSize: '13px', background: 'none', overflow: 'visible' },
    x: {
      label: x === 'epoch' ? 'epoch' : `training time (${unit.name})`,
      ticks: x === 'epoch' ? wholeTicks(epochs) : 6,
      tickFormat: x === 'epoch' ? 'd' : undefined,
      zero: x === 'seconds',
      labelArrow: 'none',
    },
    y: {
      label: null,
      grid: true,
      ticks: 6,
      nice: true,
      domain: domainOf(drawn.flatMap(({ points }) => points)),
    },
    marks: [
      ...drawn.flatMap(({ name, points, color, index }) => [
        Plot.line(points, {
          x: 'x',
          y: 'y',
          stroke: color,
          strokeWidth: 2,
          strokeDasharray: dashes[index % 5],
        }),
        Plot.dot(points.length > 20 ? points.slice(-1) : points, {
          x: 'x',
          y: 'y',
          fill: color,
          r: 3.5,
          symbol: symbols[index % symbols.length],
          title: ({ x, y }: Point) => `${name}: ${Number(y.toPrecision(4))} at ${Number(x.toPrecision(3))}`,
        }),
      ]),
      Plot.text(labels, {
        x: 'x',
        y: 'labelY',
        text: 'name',
        fill: 'color',
        textAnchor: 'start',
        dx: 9,
        fontWeight: 600,
        stroke: 'var(--page)',
        strokeWidth: 4,
      }),
    ],
  });
  const id = `${y}-by-${x}`;
  const title = `${share ? 'Test accuracy' : 'Test loss'} over ${x === 'epoch' ? 'epochs' : 'training time'}`;
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-labelledby', `${id}-title ${id}-description`);
  const text =
    `<title id="${id}-title">${escapeHtml(title)}</title>` +
    `<desc id="${id}-description">${escapeHtml(describe(models, share))}</desc>`;
  return svg.outerHTML.replace(/^<svg[^>]*>/, (tag) => tag + text);
}

/** What the chart shows, in words. */
function describe(models: ModelResult[], share: boolean): string {
  const ends = models.map(({ name, history }) => {
    const last = history.at(-1);
    if (!last) return `${name} has no finished epoch`;
    const value = share ? percent(last.testAccuracy) : (last.testLoss?.toFixed(3) ?? 'not a number');
    return `${name} ends at ${value} after epoch ${last.epoch} and ${seconds(last.seconds)}`;
  });
  return `${ends.join('; ')}.`;
}

function timeUnit(models: ModelResult[]): { name: string; seconds: number } {
  const longest = Math.max(0, ...models.map(({ trainSeconds }) => trainSeconds));
  if (longest < 180) return { name: 'seconds', seconds: 1 };
  return longest < 3 * 3600 ? { name: 'minutes', seconds: 60 } : { name: 'hours', seconds: 3600 };
}

/** From the lowest to the highest value, with some room when they are one. */
function domainOf(points: Point[]): [number, number] {
  const ys = points.map(({ y }) => y);
  const [low, high] = ys.length > 0 ? [Math.min(...ys), Math.max(...ys)] : [0, 1];
  const room = high - low < 0.05 * Math.abs(high) ? 0.1 * Math.abs(high) : 0;
  return [low - room, high + room];
}

/** At most eight whole numbers from 1 on. */
function wholeTicks(last: number): number[] {
  const step = Math.ceil(last / 8);
  return Array.from({ length: Math.ceil(last / step) }, (_, i) => 1 + i * step);
}

/** Moves labels apart that would lie on each other, from the lowest upwards. */
function spread<T extends Point>(labels: T[], all: Point[]): (T & { labelY: number })[] {
  const ys = all.map(({ y }) => y);
  const height = 0.07 * (Math.max(...ys) - Math.min(...ys));
  const width = 0.2 * Math.max(...all.map(({ x }) => x));
  const placed: (T & { labelY: number })[] = [];
  for (const label of [...labels].sort((a, b) => a.y - b.y)) {
    const near = placed.filter(({ x }) => Math.abs(x - label.x) < width).map(({ labelY }) => labelY);
    placed.push({ ...label, labelY: Math.max(label.y, ...near.map((y) => y + height)) });
  }
  return placed;
}
