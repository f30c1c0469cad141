// The gradient of a convolution for its filter: dW[tap, channel, n] = sum over pixels of x[pixel at tap, channel] *
// dy[pixel, n]. Both operands already have the summed index outermost, so packing is copying.
import { Geometry, TAPS } from './geometry';
import { packPanel } from './pack';
import { PANEL, countPanels } from './panel';
import { bytes } from './simd';
import { tiles } from './tiles';

/** The numbers of pixels, panels of four channels, and columns of dy in a block in scratch. */
const PIXELS: i32 = 256;
const PANELS: i32 = 16;
const COLUMNS: i32 = 128;
/** Bytes of a panel of x. Not a power of two, because otherwise all panels would map to the same cache lines. */
const PANEL_BYTES: usize = 256 * 16 + 64;
const PIXEL_BYTES: usize = 12;

/**
 * Sums over parts of the pixels: partial [splits, taps * ceil(channels / 4) * 4, ceil(n / PANEL) * PANEL].
 * Items: splits by groups of `group` panels by blocks of 128 columns. `pixels` is those of all images.
 */
export function convolveFilter(
  geometry: usize, x: usize, dy: usize, partial: usize, pixels: i32, splits: i32, group: i32,
  first: i32, last: i32, scratch: usize,
): void {
  const g = changetype<Geometry>(geometry);
  const n = g.outChannels;
  const perTap = (g.channels + 3) >> 2;
  const panels = g.taps * perTap;
  const groups = (panels + group - 1) / group;
  const columnBlocks = (n + COLUMNS - 1) / COLUMNS;
  const stride = bytes(countPanels(n) * PANEL);
  const aBlock = scratch, bBlock = aBlock + PANEL_BYTES * PANELS, info = bBlock + bytes(PIXELS * COLUMNS);
  for (let item = first; item < last; item++) {
    const split = item / (groups * columnBlocks);
    const panel = item / columnBlocks % groups * group;
    const column = item % columnBlocks * COLUMNS;
    const columns = min(COLUMNS, n - column), columnPanels = countPanels(columns);
    const end = min(panels, panel + group);
    const out = partial + stride * (split * panels + panel) * 4 + bytes(column);
    for (let i = 0; i < (end - panel) * 4; i++) memory.fill(out + stride * i, 0, bytes(columnPanels) * PANEL);

    const from = <i32>(<i64>pixels * split / splits), to = <i32>(<i64>pixels * (split + 1) / splits);
    for (let pixel = from; pixel < to; pixel += PIXELS) {
      const count = min(PIXELS, to - pixel);
      locate(g, x, pixel, count, info);
      for (let j = 0; j < columnPanels; j++) {
        const source = dy + bytes(pixel) * n + bytes(column + PANEL * j);
        packPanel(source, n, 1, min(PANEL, columns - PANEL * j), bBlock + bytes(PIXELS * PANEL) * j, count);
      }
      for (let i = panel; i < end; i += PANELS) {
        const some = min(PANELS, end - i);
        gather(g, geometry + TAPS, perTap, i, some, count, info, aBlock);
        tiles(
          aBlock, PANEL_BYTES, some, bBlock, bytes(PIXELS * PANEL), columnPanels,
          out + stride * (i - panel) * 4, stride, count, true,
        );
      }
    }
  }
}

/** Adds the splits and drops the padding: out [taps, channels, n]. Items: rows of n. */
export function reduceFilter(
  partial: usize, out: usize, channels: i32, taps: i32, n: i32, splits: i32, first: i32, last: i32, scratch: usize,
): void {
  const padded = (channels + 3) & ~3;
  const stride = bytes(countPanels(n) * PANEL);
  const splitBytes = stride * taps * padded;
  for (let row = first; row < last; row++) {
    const source = partial + stride * (row / channels * padded + row % channels);
    const target = out + bytes(row) * n;
    let j = 0;
    for (; j + 4 <= n; j += 4) {
      let sum = v128.load(source + bytes(j));
      for (let s = 1; s < splits; s++) sum = f32x4.add(sum, v128.load(source + splitBytes * s + bytes(j)));
      v128.store(target + bytes(j), sum);
    }
    for (; j < n; j++) {
      let sum = f32.load(source + bytes(j));
      for (let s = 1; s < splits; s++) sum += f32.load(source + splitBytes * s + bytes(j));
      f32.store(target + bytes(j), sum);
    }
  }
}

/** For each pixel of the grid: the pointer to its source pixel, and the y and x of that. */
function locate(g: Geometry, x: usize, pixel: i32, count: i32, info: usize): void {
  const perImage = g.gridHeight * g.gridWidth;
  for (let i = 0; i < count; i++, pixel++) {
    const inside = pixel % perImage;
    const sy = inside / g.gridWidth * g.stepY + g.originY, sx = inside % g.gridWidth * g.stepX + g.originX;
    const image = bytes(pixel / perImage) * g.sourceHeight * g.sourceWidth * g.channels;
    i32.store(info, <i32>(x + image + bytes((sy * g.sourceWidth + sx) * g.channels)));
    i32.store(info, sy, 4);
    i32.store(info, sx, 8);
    info += PIXEL_BYTES;
  }
}

/** Packs `count` panels from `panel` on; a panel is four channels of one tap, [pixels][4], missing channels zero. */
function gather(
  g: Geometry, taps: usize, perTap: i32, panel: i32, count: i32, pixels: i32, info: usize, out: usize,
): void {
  for (let done = 0; done < count; ) {
    const tap = (panel + done) / perTap, start = (panel + done) % perTap;
    const some = min(count - done, perTap - start);
    const dy = i32.load(taps + bytes(2 * tap)), dx = i32.load(taps + bytes(2 * tap), 4);
    const offset = bytes((dy * g.sourceWidth + dx) * g.channels + 4 * start);
    const rest = g.channels - 4 * start;
    for (let i = 0; i < pixels; i++) {
      const at = info + PIXEL_BYTES * i;
      const y = i32.load(at, 4) + dy, x = i32.load(at, 8) + dx;
      const inside = (<u32>y < <u32>g.sourceHeight) & (<u32>x < <u32>g.sourceWidth);
      const source = <usize>i32.load(at) + offset;
      let target = out + PANEL_BYTES * done + 16 * i;
      if (!inside) {
        for (let j = 0; j < some; j++, target += PANEL_BYTES) v128.store(target, f32x4.splat(0));
      } else if (rest >= 4 * some) {
        for (let j = 0; j < some; j++, target += PANEL_BYTES) v128.store(target, v128.load(source + 16 * j));
      } else {
        copyChannels(source, target, rest);
      }
    }
    done += some;
  }
}

/** Copies `channels` floats (not a multiple of four) to panels of four, and pads the last with zeros. */
function copyChannels(source: usize, out: usize, channels: i32): void {
  for (; channels >= 4; channels -= 4) {
    v128.store(out, v128.load(source));
    source += 16;
    out += PANEL_BYTES;
  }
  f32.store(out, f32.load(source));
  f32.store(out, channels > 1 ? f32.load(source, 4) : 0, 4);
  f32.store(out, channels > 2 ? f32.load(source, 8) : 0, 8);
  f32.store(out, 0, 12);
}
