import { escapeHtml } from '../../lib/escape-html';
import { dash, seriesColor, symbol } from './series-style';

/** The line, color and marker of each name in the charts that follow. */
export async function legend(names: readonly string[]): Promise<string> {
  const Plot = await import('@observablehq/plot');
  const { parseHTML } = await import('linkedom');
  const { document } = parseHTML('<html><body></body></html>');
  const items = names.map((name, index) => {
    const line = [
      [0, 0],
      [2, 0],
    ] as [number, number][];
    const svg = Plot.plot({
      document,
      className: 'plot',
      axis: null,
      width: 40,
      height: 14,
      margin: 3,
      x: { domain: [0, 2] },
      y: { domain: [-1, 1] },
      style: { background: 'none' },
      marks: [
        Plot.line(line, { stroke: seriesColor(index), strokeWidth: 2, strokeDasharray: dash(index) }),
        Plot.dot([[1, 0]], { fill: seriesColor(index), r: 3.5, symbol: symbol(index) }),
      ],
    });
    svg.setAttribute('aria-hidden', 'true');
    return `<li>${svg.outerHTML}${escapeHtml(name)}</li>`;
  });
  return `<ul class="legend">${items.join('')}</ul>`;
}
