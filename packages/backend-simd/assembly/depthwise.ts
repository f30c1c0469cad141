// Depthwise convolutions: each channel has a separate filter, [taps, channels]. Vectorized over channels. A channel multiplier is
// handled outside of these kernels, by repeating channels of the input and summing those of its gradient.
import { storeRow } from './epilogue';
import { Geometry, TAPS } from './geometry';
import { bytes, multiplyAdd } from './simd';

/** The number of channels that are summed at a time in scratch. */
const CHANNELS: i32 = 16384;

/**
 * out[pixel, c] = activation(sum over taps of source[pixel at tap, c] * filter[tap, c] + bias[c]). With the geometry of a phase, it is
 * the gradient for the input. `order` maps taps to those of the filter.
 * Items: rows of the grid of all images.
 */
export function depthwise(
  geometry: usize, source: usize, filter: usize, out: usize, order: usize,
  bias: usize, activation: i32, alpha: f32, first: i32, last: i32, scratch: usize,
): void {
  const g = changetype<Geometry>(geometry);
  const channels = g.channels;
  const sourceImage = bytes(g.sourceHeight * g.sourceWidth) * channels;
  const outImage = bytes(g.outHeight * g.outWidth) * channels;
  for (let item = first; item < last; item++) {
    const image = item / g.gridHeight, row = item % g.gridHeight;
    const y = row * g.stepY + g.originY;
    const target = out + outImage * image + bytes((row * g.outStepY + g.outOriginY) * g.outWidth * channels);
    for (let column = 0; column < g.gridWidth; column++) {
      const x = column * g.stepX + g.originX;
      const pixel = target + bytes((column * g.outStepX + g.outOriginX) * channels);
      for (let channel = 0; channel < channels; channel += CHANNELS) {
        const width = min(CHANNELS, channels - channel);
        const base = source + sourceImage * image + bytes(channel);
        sumTaps(g, geometry + TAPS, order, base, filter + bytes(channel), y, x, width, scratch);
        storeRow(scratch, pixel + bytes(channel), width, bias ? bias + bytes(channel) : 0, activation, alpha);
      }
    }
  }
}

/** The sums of one pixel for `width` channels: 16 at a time in registers, then 4, then 1. */
function sumTaps(
  g: Geometry, taps: usize, order: usize, source: usize, filter: usize, y: i32, x: i32, width: i32, sums: usize,
): void {
  let c = 0;
  for (; c + 16 <= width; c += 16) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (let tap = 0; tap < g.taps; tap++) {
      const from = tapSource(g, taps, tap, source, y, x);
      if (from == 0) continue;
      const a = from + bytes(c), f = filter + bytes(i32.load(order + bytes(tap)) * g.channels + c);
      s0 = multiplyAdd(v128.load(a), v128.load(f), s0);
      s1 = multiplyAdd(v128.load(a, 16), v128.load(f, 16), s1);
      s2 = multiplyAdd(v128.load(a, 32), v128.load(f, 32), s2);
      s3 = multiplyAdd(v128.load(a, 48), v128.load(f, 48), s3);
    }
    v128.store(sums + bytes(c), s0);
    v128.store(sums + bytes(c), s1, 16);
    v128.store(sums + bytes(c), s2, 32);
    v128.store(sums + bytes(c), s3, 48);
  }
  for (; c + 4 <= width; c += 4) {
    let sum = f32x4.splat(0);
    for (let tap = 0; tap < g.taps; tap++) {
      const from = tapSource(g, taps, tap, source, y, x);
      if (from == 0) continue;
      const f = filter + bytes(i32.load(order + bytes(tap)) * g.channels + c);
      sum = multiplyAdd(v128.load(from + bytes(c)), v128.load(f), sum);
    }
    v128.store(sums + bytes(c), sum);
  }
  for (; c < width; c++) {
    let sum: f32 = 0;
    for (let tap = 0; tap < g.taps; tap++) {
      const from = tapSource(g, taps, tap, source, y, x);
      if (from == 0) continue;
      const f = filter + bytes(i32.load(order + bytes(tap)) * g.channels + c);
      sum += f32.load(from + bytes(c)) * f32.load(f);
    }
    f32.store(sums + bytes(c), sum);
  }
}

/** The pointer to the source pixel of a tap, 0 if it is outside. */
// @ts-ignore: decorator
@inline
function tapSource(g: Geometry, taps: usize, tap: i32, source: usize, y: i32, x: i32): usize {
  const sy = y + i32.load(taps + bytes(2 * tap)), sx = x + i32.load(taps + bytes(2 * tap), 4);
  if (<u32>sy >= <u32>g.sourceHeight || <u32>sx >= <u32>g.sourceWidth) return 0;
  return source + bytes((sy * g.sourceWidth + sx) * g.channels);
}

/**
 * Sums for the gradient of the filter: partial [splits, taps, channels] += x[pixel at tap, c] * dy[pixel, c].
 * Items: splits of the `rows` rows of the grid of all images.
 */
export function depthwiseFilter(
  geometry: usize, x: usize, dy: usize, partial: usize, rows: i32, splits: i32, first: i32, last: i32, scratch: usize,
): void {
  const g = changetype<Geometry>(geometry);
  const channels = g.channels;
  const sourceImage = bytes(g.sourceHeight * g.sourceWidth) * channels;
  const pixelBytes = bytes(channels);
  for (let split = first; split < last; split++) {
    const sums = partial + pixelBytes * g.taps * split;
    memory.fill(sums, 0, pixelBytes * g.taps);
    const from = <i32>(<i64>rows * split / splits), to = <i32>(<i64>rows * (split + 1) / splits);
    for (let row = from; row < to; row++) {
      const y = row % g.gridHeight * g.stepY + g.originY;
      const image = x + sourceImage * (row / g.gridHeight);
      const dyRow = dy + pixelBytes * row * g.gridWidth;
      for (let tap = 0; tap < g.taps; tap++) {
        const sy = y + i32.load(geometry + TAPS + bytes(2 * tap));
        if (<u32>sy >= <u32>g.sourceHeight) continue;
        // The columns of the grid whose source pixels are inside.
        const left = g.originX + i32.load(geometry + TAPS + bytes(2 * tap), 4);
        const start = left < 0 ? (-left + g.stepX - 1) / g.stepX : 0;
        const end = min(g.gridWidth, left < g.sourceWidth ? (g.sourceWidth - 1 - left) / g.stepX + 1 : 0);
        if (start >= end) continue;
        const source = image + pixelBytes * (sy * g.sourceWidth + left + start * g.stepX);
        sumRow(source, pixelBytes * g.stepX, dyRow + pixelBytes * start, pixelBytes, end - start, channels, sums + pixelBytes * tap);
      }
    }
  }
}

/** sums[c] += sum over `count` pixels of a[pixel, c] * b[pixel, c]. */
function sumRow(a: usize, aStep: usize, b: usize, bStep: usize, count: i32, channels: i32, sums: usize): void {
  let c = 0;
  for (; c + 8 <= channels; c += 8) {
    let p = a + bytes(c), q = b + bytes(c);
    let low = f32x4.splat(0), high = low;
    for (let i = 0; i < count; i++) {
      low = multiplyAdd(v128.load(p), v128.load(q), low);
      high = multiplyAdd(v128.load(p, 16), v128.load(q, 16), high);
      p += aStep;
      q += bStep;
    }
    const sum = sums + bytes(c);
    v128.store(sum, f32x4.add(v128.load(sum), low));
    v128.store(sum, f32x4.add(v128.load(sum, 16), high), 16);
  }
  for (; c < channels; c++) {
    let p = a + bytes(c), q = b + bytes(c);
    let sum: f32 = 0;
    for (let i = 0; i < count; i++) {
      sum += f32.load(p) * f32.load(q);
      p += aStep;
      q += bStep;
    }
    f32.store(sums + bytes(c), f32.load(sums + bytes(c)) + sum);
  }
}

/** out[i] = sum over s of parts[s, i], parts [count, size]. Items: elements. */
export function addParts(parts: usize, out: usize, size: i32, count: i32, first: i32, last: i32, scratch: usize): void {
  for (let i = first; i < last; i++) {
    let sum: f32 = 0;
    for (let s = 0; s < count; s++) sum += f32.load(parts + bytes(s * size + i));
    f32.store(out + bytes(i), sum);
  }
}

/** out[i, r] = x[i] for r < times. Items: elements of x. */
export function repeatElements(x: usize, out: usize, times: i32, first: i32, last: i32, scratch: usize): void {
  for (let i = first; i < last; i++) {
    const value = f32.load(x + bytes(i));
    for (let r = 0; r < times; r++) f32.store(out + bytes(i * times + r), value);
  }
}

/** out[i] = sum over r < times of x[i, r]. Items: elements of out. */
export function addNeighbors(x: usize, out: usize, times: i32, first: i32, last: i32, scratch: usize): void {
  for (let i = first; i < last; i++) {
    let sum: f32 = 0;
    for (let r = 0; r < times; r++) sum += f32.load(x + bytes(i * times + r));
    f32.store(out + bytes(i), sum);
  }
}
