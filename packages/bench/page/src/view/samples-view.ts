import { percent } from '../../../src/lib/format';
import type { Samples } from '../protocol';
import { h } from './dom';

/** Test images, each with its class and a model's three most probable classes. */
export function samplesView({ items, shape, classNames }: Samples): HTMLElement {
  return h('ol', { class: 'samples' }, ...items.map((item) => sampleItem(item, shape, classNames)));
}

function sampleItem(
  { image, label, pixels, probabilities }: Samples['items'][number],
  shape: Samples['shape'],
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
    picture(pixels, shape, `test image ${image}: ${name(label)}`),
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

/** @param pixels bytes of the shape [height, width, channels], where one channel is gray */
export function picture(
  pixels: Uint8Array,
  [height, width, channels]: Samples['shape'],
  label: string,
): HTMLElement {
  const canvas = h('canvas', { width, height, role: 'img', 'aria-label': label, title: label });
  const data = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let color = 0; color < 3; color++) {
      data.data[4 * i + color] = pixels[channels * i + Math.min(color, channels - 1)]!;
    }
    data.data[4 * i + 3] = 255;
  }
  canvas.getContext('2d')?.putImageData(data, 0, 0);
  return canvas;
}
