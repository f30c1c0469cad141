import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { percent, rate } from '../../../src/lib/format';
import { seriesColor } from '../../../src/present/charts/series-style';
import type { Training } from '../../../src/results/training';
import type { EpochPoint, StepPoint } from '../protocol';
import { h } from './dom';

/** Curves that grow while a run trains: loss, accuracy and speed over epochs, all models on shared axes. */
export interface Charts {
  clear(): void;
  step(point: StepPoint): void;
  epoch(point: EpochPoint): void;
}

interface Curve {
  /** In epochs. */
  x: number[];
  loss: number[];
  accuracy: number[];
  imagesPerSecond: number[];
  testX: number[];
  testLoss: number[];
  testAccuracy: number[];
  smooth: { loss: number; accuracy: number } | undefined;
}

const REDRAW = 200; // milliseconds
const MOST_POINTS = 1200; // per curve; above it every second point is dropped
const SMOOTHING = 0.92;
const HEIGHT = 230;

const kinds = [
  {
    key: 'loss',
    test: 'testLoss',
    title: 'Loss',
    show: (value: number) => value.toFixed(3),
    tick: (value: number) => String(Number(value.toFixed(4))),
  },
  {
    key: 'accuracy',
    test: 'testAccuracy',
    title: 'Accuracy',
    show: (value: number) => percent(value, 1),
    tick: (value: number) => `${Number((100 * value).toFixed(2))} %`,
  },
  {
    key: 'imagesPerSecond',
    test: undefined,
    title: 'Images per second',
    show: (value: number) => rate(value),
    tick: (value: number) => rate(value),
  },
] as const;

/** @param container the element for the figures of the charts */
export function createCharts(container: HTMLElement): Charts {
  const curves = new Map<string, Curve>();
  let plots: { plot: uPlot; names: string; host: HTMLElement }[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const figures = kinds.map(({ title, test }) => {
    const host = h('div', { class: 'live-plot', role: 'img' });
    const note = test ? ' (line: training; dots: test)' : '';
    const caption = h('figcaption', {}, title, h('span', { class: 'soft' }, note));
    container.append(h('figure', {}, caption, host));
    return host;
  });
  container.hidden = true;

  const color = (model: string) => seriesColor([...curves.keys()].indexOf(model));
  const findCurve = (model: string): Curve => {
    const found = curves.get(model);
    if (found) return found;
    const curve: Curve = {
      x: [],
      loss: [],
      accuracy: [],
      imagesPerSecond: [],
      testX: [],
      testLoss: [],
      testAccuracy: [],
      smooth: undefined,
    };
    curves.set(model, curve);
    return curve;
  };
  const redrawSoon = () => {
    if (timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      draw();
    }, REDRAW);
  };

  function draw(): void {
    const names = [...curves.keys()].join();
    container.hidden = names === '';
    plots = kinds.map((kind, i) => {
      const host = figures[i]!;
      const data = joinCurves(kind);
      host.setAttribute('aria-label', describe(kind));
      host.parentElement!.hidden = data[0].length === 0; // the steps of a run opened from its results alone
      const previous = plots[i];
      if (previous && previous.names === names) {
        previous.plot.setData(data);
        return previous;
      }
      previous?.plot.destroy();
      return { plot: new uPlot(createOptions(kind, host), data, host), names, host };
    });
  }

  function joinCurves({ key, test }: (typeof kinds)[number]): uPlot.AlignedData {
    const tables = [...curves.values()].flatMap((curve): uPlot.AlignedData[] => [
      [curve.x, curve[key]],
      ...(test ? [[curve.testX, curve[test]] as uPlot.AlignedData] : []),
    ]);
    return tables.length > 0 ? uPlot.join(tables) : [[], []];
  }

  function createOptions(
    { show, tick, test, key }: (typeof kinds)[number],
    host: HTMLElement,
  ): uPlot.Options {
    const series = [...curves.keys()].flatMap((model): uPlot.Series[] => {
      const stroke = () => resolved(color(model));
      const value = (_: uPlot, v: number | null) => (v === null || v === undefined ? '–' : show(v));
      const train = {
        label: test ? `${model} training` : model,
        stroke,
        width: 1.5,
        spanGaps: true,
        value,
        points: { show: false },
      };
      const dots = {
        label: `${model} test`,
        stroke,
        width: 1,
        dash: [3, 4],
        spanGaps: true,
        value,
        points: { show: true, size: 8, fill: stroke },
      };
      return test ? [train, dots] : [train];
    });
    const axis = {
      stroke: () => resolved('var(--soft)'),
      grid: { stroke: () => resolved('var(--rule)'), width: 1 },
      ticks: { show: false },
      font: '12px system-ui, sans-serif',
    };
    return {
      width: Math.max(240, host.clientWidth),
      height: HEIGHT,
      scales: {
        x: { time: false },
        y: { range: (_, low, high) => computeRange(low, high, key) },
      },
      series: [
        { label: 'Epoch', value: (_, v) => (v === null || v === undefined ? '–' : v.toFixed(2)) },
        ...series,
      ],
      axes: [
        { ...axis, size: 30, values: (_, ticks) => ticks.map((tick) => String(Number(tick.toFixed(2)))) },
        {
          ...axis,
          size: 56,
          values: (_, ticks) => ticks.map(tick),
        },
      ],
      cursor: { drag: { x: false, y: false } },
      legend: { live: true },
    };
  }

  function describe({ key, test, title, show }: (typeof kinds)[number]): string {
    const ends = [...curves].map(([model, curve]) => {
      const last = curve[key].at(-1);
      const tested = test && curve[test].at(-1);
      const latest = last === undefined ? 'no steps yet' : show(last);
      return `${model} ${latest}${tested === undefined ? '' : `, test ${show(tested)}`}`;
    });
    return `${title} over epochs: ${ends.join('; ') || 'no values yet'}`;
  }

  new ResizeObserver(() => {
    for (const { plot, host } of plots)
      plot.setSize({ width: Math.max(240, host.clientWidth), height: HEIGHT });
  }).observe(container);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    for (const { plot } of plots) plot.destroy();
    plots = []; // the legend reads its colors only once
    draw();
  });

  return {
    clear() {
      curves.clear();
      for (const { plot } of plots) plot.destroy();
      plots = [];
      container.hidden = true;
    },
    step({ step, totalSteps, epochs, loss, accuracy, imagesPerSecond, ...training }) {
      const curve = findCurve(formatLabel(training));
      const { smooth } = curve;
      const mix = (previous: number, latest: number) => SMOOTHING * previous + (1 - SMOOTHING) * latest;
      curve.smooth = {
        loss: smooth ? mix(smooth.loss, loss) : loss,
        accuracy: smooth ? mix(smooth.accuracy, accuracy) : accuracy,
      };
      curve.x.push((step / totalSteps) * epochs);
      curve.loss.push(curve.smooth.loss);
      curve.accuracy.push(curve.smooth.accuracy);
      curve.imagesPerSecond.push(imagesPerSecond);
      if (curve.x.length > MOST_POINTS) thin(curve);
      redrawSoon();
    },
    epoch({ epoch, testAccuracy, testLoss, ...training }) {
      const curve = findCurve(formatLabel(training));
      curve.testX.push(epoch);
      curve.testAccuracy.push(testAccuracy);
      curve.testLoss.push(testLoss);
      redrawSoon();
    },
  };
}

/** 'cnn', or 'cnn, seed 1' for later seeds. */
export const formatLabel = ({ model, seed }: Training): string =>
  seed === 0 ? model : `${model}, seed ${seed}`;

function thin(curve: Curve): void {
  for (const key of ['x', 'loss', 'accuracy', 'imagesPerSecond'] as const) {
    curve[key] = curve[key].filter((_, i) => i % 2 === 1);
  }
}

/** A margin above and below, even for a single value; speed from 0, an accuracy up to 100 %. */
function computeRange(
  low: number | null,
  high: number | null,
  key: (typeof kinds)[number]['key'],
): [number, number] {
  if (low === null || high === null) return [0, 1];
  const room = Math.max(0.05 * (high - low), 0.02 * Math.abs(high), 1e-6);
  return [
    key === 'imagesPerSecond' ? 0 : Math.max(0, low - room),
    key === 'accuracy' ? Math.min(1, high + room) : high + room,
  ];
}

/** A canvas cannot use custom properties. */
function resolved(color: string): string {
  const name = /^var\((.*)\)$/.exec(color)?.[1];
  return name ? getComputedStyle(document.documentElement).getPropertyValue(name).trim() : color;
}
