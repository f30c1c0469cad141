// The gradient of a 3x3 convolution for its filter by the transposed Winograd algorithm: the transformed tiles of x and
// of dy are multiplied and summed over all tiles for each of the 36 numbers, and the sums are transformed back once.
import { PANEL, countPanels } from './panel';
import { bytes } from './simd';
import { tiles } from './tiles';
import { locate, pixel, Shape, transformTile } from './winograd';

/** Transforms four numbers of dy to the six that are multiplied. */
// @ts-ignore: decorator
@inline
function transformGradient(d0: v128, d1: v128, d2: v128, d3: v128, out: usize, step: usize): void {
  const evenOuter = f32x4.add(d0, f32x4.mul(d2, f32x4.splat(25.0 / 64.0)));
  const oddOuter = f32x4.add(f32x4.mul(d1, f32x4.splat(5.0 / 8.0)), f32x4.mul(d3, f32x4.splat(125.0 / 512.0)));
  const evenInner = f32x4.add(d0, f32x4.mul(d2, f32x4.splat(9.0 / 4.0)));
  const oddInner = f32x4.add(f32x4.mul(d1, f32x4.splat(3.0 / 2.0)), f32x4.mul(d3, f32x4.splat(27.0 / 8.0)));
  v128.store(out, d0);
  v128.store(out + step, f32x4.add(evenOuter, oddOuter));
  v128.store(out + 2 * step, f32x4.sub(evenOuter, oddOuter));
  v128.store(out + 3 * step, f32x4.add(evenInner, oddInner));
  v128.store(out + 4 * step, f32x4.sub(evenInner, oddInner));
  v128.store(out + 5 * step, d3);
}

/**
 * Transforms a chunk of tiles, for winogradProducts: x to `left`, [36][panel of four channels][tile][4], and dy to `right`,
 * [36][panel of PANEL channels][tile][PANEL], with the given bytes from panel to panel and from each of the 36 to the next.
 * Both channel counts are multiples of four. Items: four tiles.
 */
export function winogradTiles(
  shape: usize, x: usize, dy: usize, tile: i32, count: i32, left: usize, leftPanel: usize, leftStep: usize,
  right: usize, rightPanel: usize, rightStep: usize, first: i32, last: i32, scratch: usize,
): void {
  const s = changetype<Shape>(shape);
  for (let i = 4 * first; i < min(4 * last, count); i++) {
    gatherInput(s, x, tile + i, left + 16 * i, leftPanel, leftStep, scratch);
    gatherGradient(s, dy, tile + i, right + bytes(PANEL) * i, rightPanel, rightStep, scratch);
  }
}

/**
 * Products of a chunk of `count` transformed tiles, added to sums [36, channels, ceil(outChannels / PANEL) * PANEL] or, with
 * `fresh`, written there; `sumStep` bytes lie between each of the 36. Items: the 36, each in groups of `group` channels.
 */
export function winogradProducts(
  count: i32, channels: i32, n: i32, group: i32, fresh: i32, left: usize, leftPanel: usize, leftStep: usize,
  right: usize, rightPanel: usize, rightStep: usize, sums: usize, sumStep: usize, first: i32, last: i32, scratch: usize,
): void {
  const groups = (channels + group - 1) / group;
  const columnPanels = countPanels(n);
  const stride = bytes(columnPanels) * PANEL;
  for (let item = first; item < last; item++) {
    const xi = item / groups, channel = item % groups * group;
    tiles(
      left + leftStep * xi + leftPanel * (channel >> 2), leftPanel, min(group, channels - channel) >> 2,
      right + rightStep * xi, rightPanel, columnPanels,
      sums + sumStep * xi + stride * channel, stride, count, !fresh,
    );
  }
}

/** Transforms a tile of x to panels of four channels, [36][panel][tile][4]. */
function gatherInput(
  s: Shape, x: usize, tile: i32, out: usize, panel: usize, step: usize, scratch: usize,
): void {
  const zeros = scratch + 144, middle = zeros + 16;
  v128.store(zeros, f32x4.splat(0));
  locate(s, x, tile, scratch);
  for (let c = 0; c < s.channels; c += 4) {
    transformTile(scratch, bytes(c), zeros, middle, out, step);
    out += panel;
  }
}

/** Transforms a tile of dy to panels, [36][panel][tile][PANEL]. */
function gatherGradient(s: Shape, dy: usize, tile: i32, out: usize, panel: usize, step: usize, scratch: usize): void {
  const zeros = scratch + 64, middle = zeros + 16; // [6][4] vectors
  v128.store(zeros, f32x4.splat(0));
  const across = (s.outWidth + 3) >> 2, down = (s.outHeight + 3) >> 2;
  const image = tile / (across * down), inside = tile % (across * down);
  const top = inside / across * 4, left = inside % across * 4;
  const base = dy + bytes(image * s.outHeight * s.outWidth) * s.outChannels;
  for (let i = 0; i < 16; i++) {
    const row = top + (i >> 2), column = left + (i & 3);
    const present = (row < s.outHeight) & (column < s.outWidth);
    i32.store(scratch + 4 * i, present ? <i32>(base + bytes((row * s.outWidth + column) * s.outChannels)) : 0);
  }
  for (let c = 0; c < s.outChannels; c += 4) {
    const offset = bytes(c);
    for (let column: usize = 0; column < 4; column++) {
      transformGradient(
        pixel(scratch, column, offset, zeros), pixel(scratch, column + 4, offset, zeros),
        pixel(scratch, column + 8, offset, zeros), pixel(scratch, column + 12, offset, zeros),
        middle + 16 * column, 64,
      );
    }
    const target = out + panel * (c / PANEL) + bytes(c % PANEL);
    for (let row: usize = 0; row < 6; row++) {
      const at = middle + 64 * row;
      transformGradient(
        v128.load(at), v128.load(at, 16), v128.load(at, 32), v128.load(at, 48), target + 6 * step * row, step,
      );
    }
  }
}

/** Transforms six sums at `step` to three taps. */
// @ts-ignore: decorator
@inline
function transformSums(u: usize, step: usize, out: usize, outStep: usize): void {
  const u1 = v128.load(u + step), u2 = v128.load(u + 2 * step), u3 = v128.load(u + 3 * step), u4 = v128.load(u + 4 * step);
  const outerSum = f32x4.add(u1, u2), outerDifference = f32x4.sub(u1, u2);
  const innerSum = f32x4.add(u3, u4), innerDifference = f32x4.sub(u3, u4);
  v128.store(out, f32x4.add(f32x4.mul(v128.load(u), f32x4.splat(<f32>(256.0 / 225.0))), f32x4.add(
    f32x4.mul(outerSum, f32x4.splat(<f32>(-2048.0 / 2975.0))), f32x4.mul(innerSum, f32x4.splat(<f32>(128.0 / 1071.0))))));
  v128.store(out + outStep, f32x4.add(
    f32x4.mul(outerDifference, f32x4.splat(<f32>(-256.0 / 595.0))), f32x4.mul(innerDifference, f32x4.splat(<f32>(64.0 / 357.0)))));
  v128.store(out + 2 * outStep, f32x4.add(
    f32x4.mul(f32x4.sub(innerSum, outerSum), f32x4.splat(<f32>(32.0 / 119.0))), v128.load(u + 5 * step)));
}

/** Transforms the sums to the gradient, out [3, 3, channels, n]. Items: channels. */
export function winogradFilterGradient(
  sums: usize, sumStep: usize, out: usize, channels: i32, n: i32, first: i32, last: i32, scratch: usize,
): void {
  const stride = bytes(countPanels(n) * PANEL);
  const middle = scratch; // [3][6] vectors
  const taps = middle + 18 * 16; // [3][3] vectors
  for (let channel = first; channel < last; channel++) {
    for (let j = 0; j < n; j += 4) {
      const source = sums + stride * channel + bytes(j);
      for (let column: usize = 0; column < 6; column++) {
        transformSums(source + sumStep * column, 6 * sumStep, middle + 16 * column, 96);
      }
      for (let row: usize = 0; row < 3; row++) transformSums(middle + 96 * row, 16, taps + 48 * row, 16);
      for (let tap = 0; tap < 9; tap++) {
        v128.store(out + bytes((tap * channels + channel) * n + j), v128.load(taps + 16 * tap));
      }
    }
  }
}
