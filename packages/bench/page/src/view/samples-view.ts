import { percent } from '../../../src/lib/format';
import type { Samples } from '../protocol';
import { h } from './dom';

const SIDE = 32;

/** Test images, each with what it shows and the three most probable classes by a model. */
export function samplesView({ items }: Samples, classNames: readonly string[]): HTMLElement {
  return h('ol', { class: 'samples' }, ...items.map((item) => sampleItem(item, classNames)));
}

function sampleItem(
  { image, label, pixels, probabilities }: Samples['items'][number],
  classNames: readonly string[],
): HTMLElement {
  const best = probabilities
    .map((probability, index) => ({ probability, index }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, 3);
  const right = best[0]!.index === label;
  const name = (index: number) => classNames[index] ?? `class ${index}`;
  const bars = best.map(({ index, probability }) =>
    h(
      'li',
      { class: index === label ? 'right' : '', style: `--share:${(100 * probability).toFixed(1)}%` },
      h('span', {}, name(index)),
      h('span', { class: 'number' }, percent(probability, 0)),
    ),
  );
  const verdict = right ? 'right' : 'wrong';
  return h(
    'li',
    { class: verdict },
    picture(pixels, `test image ${image}: ${name(label)}`),
    h(
      'p',
      {},
      h('b', {}, name(label)),
      h('span', { class: 'verdict' }, right ? ' ✓' : ' ✗'),
      h('span', { class: 'visually-hidden' }, verdict),
    ),
    h('ol', { class: 'bars' }, ...bars),
  );
}

/** @param pixels [32, 32, 3] bytes */
export function picture(pixels: Uint8Array, label: string): HTMLElement {
  const canvas = h('canvas', { width: SIDE, height: SIDE, role: 'img', 'aria-label': label, title: label });
  const data = new ImageData(SIDE, SIDE);
  for (let i = 0; i < SIDE * SIDE; i++) {
    data.data.set(pixels.subarray(3 * i, 3 * i + 3), 4 * i);
    data.data[4 * i + 3] = 255;
  }
  canvas.getContext('2d')?.putImageData(data, 0, 0);
  return canvas;
}
