import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { modelTitle } from './summary.mjs';

const COLORS = {
  simd: '#0b6e4f',
  'simd-flags': '#2f9e77',
  'simd-node': '#63c59f',
  torch: '#c8553d',
  'torch-avx2': '#e08a76',
  wasm: '#5b7db1',
  jax: '#8a6fb0',
  cpu: '#8d8d8d',
};
const LABELS = {
  simd: '@tenfold/backend-simd',
  'simd-flags': 'the same with V8 flags',
  'simd-node': 'the same in Node 24',
  torch: 'PyTorch',
  'torch-avx2': 'PyTorch without AVX-512',
  wasm: 'tfjs wasm',
  jax: 'jax-js wasm',
  cpu: 'tfjs cpu',
};

/** Training throughput as a standalone SVG: bars in GFLOP/s on one scale for all models, labels in images/s. */
export function chart({ machine, results }) {
  const { document } = parseHTML('<html><body></body></html>');
  const bars = results
    .filter(({ gflops }) => gflops)
    .map(({ model, engine, batch, gflops, imagesPerSecond: { median, p10, p90 } }) => ({
      model: modelTitle(model),
      engine: LABELS[engine] ?? engine,
      batch,
      color: COLORS[engine] ?? '#444',
      gflops,
      low: (gflops * p10) / median,
      high: (gflops * p90) / median,
      text: `${median >= 100 ? median.toFixed(0) : median.toPrecision(2)} images/s, batch ${batch}`,
    }));
  const models = [...new Set(bars.map(({ model }) => model))];
  const perModel = models.map((model) => bars.filter((bar) => bar.model === model).length);
  const svg = Plot.plot({
    document,
    width: 760,
    height: 60 + 34 * perModel.reduce((a, b) => a + b, 0) + 16 * models.length,
    marginLeft: 260,
    marginRight: 150,
    marginTop: 10,
    marginBottom: 44,
    style: { fontSize: '13px', background: '#ffffff', color: '#222222', fontFamily: 'sans-serif' },
    x: {
      label: `training, GFLOP/s (${machine.cpu}, ${machine.threads} threads)`,
      grid: true,
      zero: true,
      labelArrow: 'none',
    },
    y: {
      label: null,
      domain: bars.map(groupKey),
      tickFormat: (key) => key.split('\n').slice(0, 2).join(', '),
      tickSize: 0,
    },
    marks: [
      Plot.barX(bars, { y: groupKey, x: 'gflops', fill: 'color', insetTop: 2, insetBottom: 2 }),
      Plot.ruleY(bars, { y: groupKey, x1: 'low', x2: 'high', stroke: '#222222', strokeWidth: 1.5 }),
      Plot.text(bars, { y: groupKey, x: 'high', text: 'text', textAnchor: 'start', dx: 6, fill: '#222222' }),
      Plot.ruleX([0]),
    ],
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('role', 'img');
  const title = `Training throughput: ${bars.map(({ model, engine, text }) => `${model} on ${engine} ${text}`).join('; ')}`;
  svg.setAttribute('aria-label', title);
  return `${svg.outerHTML}\n`;
}

// A network may occur twice for one engine, with two batch sizes.
const groupKey = ({ model, engine, batch }) => `${model}\n${engine}\n${batch}`;
