import { escapeHtml } from '../../lib/escape-html';
import { dash, seriesColor, symbol } from './series-style';

export interface Point {
  x: number;
  y: number;
}

/** The lines of one model or one run: one per seed, in the same style. */
export interface Series {
  name: string;
  /** Determines color, dash and marker. */
  index: number;
  lines: Point[][];
}

export interface ChartSpec {
  /** Unique in the page. */
  id: string;
  title: string;
  /** A text description of the chart. */
  description: string;
  series: Series[];
  x: { label: string; ticks?: number[] | number; format?: string; zero?: boolean; domain?: [number, number] };
  /** `limits` are the least and the greatest value that there can be. */
  y: { log?: boolean; domain?: [number, number]; limits?: [number, number] };
  /** Also draws the line y = x. */
  diagonal?: boolean;
}

const WIDTH = 420;
const HEIGHT = 290;
const MARKED = 20;

/** Lines on shared axes as an SVG that takes its colors from the page, with names at the ends of the lines. */
export async function lineChart(spec: ChartSpec): Promise<string> {
  const Plot = await import('@observablehq/plot');
  const { parseHTML } = await import('linkedom');
  const { document } = parseHTML('<html><body></body></html>');
  const { id, title, description, x, y, diagonal } = spec;
  const series = spec.series
    .map(({ lines, ...rest }) => ({ ...rest, lines: lines.filter((line) => line.length > 0) }))
    .filter(({ lines }) => lines.length > 0);
  const points = series.flatMap(({ lines }) => lines.flat());
  const domain = y.domain ?? computeDomain(points, y);
  const longest = Math.max(0, ...series.map(({ name }) => name.length));
  const svg = Plot.plot({
    document,
    className: 'plot',
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 48,
    marginRight: Math.min(96, 20 + 8 * longest),
    marginBottom: 46,
    marginTop: 14,
    style: { fontSize: '14px', background: 'none', overflow: 'visible' },
    x: {
      label: x.label,
      ticks: x.ticks ?? 5,
      tickFormat: x.format,
      zero: x.zero,
      domain: x.domain,
      labelAnchor: 'center',
      labelArrow: 'none',
    },
    y: {
      label: null,
      grid: true,
      ticks: y.log ? logTicks(domain) : 5,
      domain,
      type: y.log ? 'log' : 'linear',
      tickFormat: y.log ? '~g' : undefined,
    },
    marks: [
      ...(diagonal
        ? [
            Plot.line(
              [
                [domain[0], domain[0]],
                [domain[1], domain[1]],
              ],
              { stroke: 'currentColor', strokeOpacity: 0.5, strokeDasharray: '1 4', strokeLinecap: 'round' },
            ),
          ]
        : []),
      ...series.flatMap(({ name, index, lines }) =>
        lines.flatMap((line) => [
          Plot.line(line, {
            x: 'x',
            y: 'y',
            stroke: seriesColor(index),
            strokeWidth: lines.length > 1 ? 1.4 : 2,
            strokeDasharray: dash(index),
          }),
          Plot.dot(line.length > MARKED ? line.slice(-1) : line, {
            x: 'x',
            y: 'y',
            fill: seriesColor(index),
            r: 3.5,
            symbol: symbol(index),
            title: (point: Point) =>
              `${name}: ${Number(point.y.toPrecision(4))} at ${Number(point.x.toPrecision(3))}`,
          }),
        ]),
      ),
      ...(diagonal ? [] : [Plot.text(endLabels(series, points, domain, y.log), labelStyle)]),
    ],
  });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-labelledby', `${id}-title ${id}-description`);
  const text =
    `<title id="${id}-title">${escapeHtml(title)}</title>` +
    `<desc id="${id}-description">${escapeHtml(description)}</desc>`;
  return svg.outerHTML.replace(/^<svg[^>]*>/, (tag) => tag + text);
}

const labelStyle = {
  x: 'x',
  y: 'labelY',
  text: 'name',
  fill: 'color',
  textAnchor: 'start',
  dx: 9,
  fontWeight: 600,
  stroke: 'var(--page)',
  strokeWidth: 4,
} as const;

/** From the lowest to the highest value with some room, within the limits; wider when they are almost equal. */
function computeDomain(
  points: Point[],
  { log = false, limits = [-Infinity, Infinity] }: ChartSpec['y'],
): [number, number] {
  const ys = points.map(({ y }) => y);
  const [low, high] = ys.length > 0 ? [Math.min(...ys), Math.max(...ys)] : log ? [1, 10] : [0, 1];
  if (log) return high < 2 * low ? [low / 2, high * 2] : [low, high];
  const room = Math.max(0.03 * (high - low), high - low < 0.05 * Math.abs(high) ? 0.1 * Math.abs(high) : 0);
  const margin = room === 0 ? 1 : room;
  return [Math.max(limits[0], low - margin), Math.min(limits[1], high + margin)];
}

/** Ticks at 1, 2 and 5 times the powers of ten in the domain; only at the powers in a wide domain. */
function logTicks([low, high]: [number, number]): number[] {
  const powers = Array.from({ length: 40 }, (_, i) => 10 ** (i - 20));
  const factors = high / low > 1e3 ? [1] : [1, 2, 5];
  return powers
    .flatMap((power) => factors.map((factor) => Number((factor * power).toPrecision(1))))
    .filter((tick) => tick >= low && tick <= high);
}

/** The names at the ends of their lines, moved apart where they would overlap. */
function endLabels(series: Series[], points: Point[], domain: [number, number], log = false) {
  const scale = (value: number) => (log ? Math.log(value) : value);
  const [low, high] = domain.map(scale) as [number, number];
  const height = 0.075 * (high - low);
  const width = 0.22 * (Math.max(...points.map(({ x }) => x)) - Math.min(0, ...points.map(({ x }) => x)));
  const placed: { name: string; color: string; x: number; at: number }[] = [];
  const ends = series.map(({ name, index, lines }) => {
    const last = lines.map((line) => line.at(-1)!);
    const x = Math.max(...last.map((point) => point.x));
    const at = last.reduce((sum, point) => sum + scale(point.y), 0) / last.length;
    return { name, color: seriesColor(index), x, at };
  });
  for (const label of ends.sort((a, b) => a.at - b.at)) {
    const near = placed.filter(({ x }) => Math.abs(x - label.x) < width).map(({ at }) => at);
    placed.push({ ...label, at: Math.max(label.at, ...near.map((at) => at + height)) });
  }
  // A name that was pushed past the top moves back and pushes the names below it.
  let ceiling = high;
  for (const label of [...placed].reverse()) {
    if (label.at <= ceiling) break;
    label.at = ceiling;
    ceiling -= height;
  }
  return placed.map(({ at, ...label }) => ({ ...label, labelY: log ? Math.exp(at) : at }));
}
