// Pooling over [batch, height, width, channels]. `window` points to int32: input height, input width, channels, output
// height, output width, filter height, filter width, stride height, stride width, padding top, padding left.
// Items: images.
import * as math from './math';
import { bytes } from './simd';
import { loadPart, storePart } from './vector';

// @ts-ignore: decorator
@inline
function at(window: usize, i: i32): i32 {
  return i32.load(window + bytes(i));
}

/** The largest value of each window. As in tfjs, NaN counts as smaller than all numbers. */
export function maxPool(x: usize, out: usize, window: usize, first: i32, last: i32, scratch: usize): void {
  const height = at(window, 0), width = at(window, 1), channels = at(window, 2);
  const outHeight = at(window, 3), outWidth = at(window, 4);
  const pixel = bytes(channels), line = <usize>width * pixel;
  out += <usize>first * outHeight * outWidth * pixel;
  for (let image = first; image < last; image++) {
    const base = x + <usize>image * height * line;
    for (let i = 0; i < outHeight; i++) {
      const top = i * at(window, 7) - at(window, 9);
      const y0 = max(0, top), y1 = min(height, top + at(window, 5));
      for (let j = 0; j < outWidth; j++) {
        const left = j * at(window, 8) - at(window, 10);
        const x0 = max(0, left), x1 = min(width, left + at(window, 6));
        const corner = base + <usize>y0 * line + <usize>x0 * pixel;
        if (y1 - y0 == 2 && x1 - x0 == 2) {
          largestOfFour(corner, out, channels, line);
          out += pixel;
          continue;
        }
        for (let c = 0; c < channels; c += 4) {
          const n = channels - c;
          let best = f32x4.splat(-Infinity);
          let row = corner + bytes(c);
          for (let yy = y0; yy < y1; yy++) {
            let p = row;
            for (let xx = x0; xx < x1; xx++) {
              best = f32x4.pmax(best, loadPart(p, n));
              p += pixel;
            }
            row += line;
          }
          storePart(out + bytes(c), best, n);
        }
        out += pixel;
      }
    }
  }
}

// For the usual 2x2 window.
function largestOfFour(x: usize, out: usize, channels: i32, line: usize): void {
  const pixel = bytes(channels);
  for (let n = channels; n > 0; n -= 4) {
    let best = f32x4.pmax(f32x4.splat(-Infinity), loadPart(x, n));
    best = f32x4.pmax(f32x4.pmax(best, loadPart(x + pixel, n)), loadPart(x + line, n));
    storePart(out, f32x4.pmax(best, loadPart(x + line + pixel, n)), n);
    x += 16;
    out += 16;
  }
}

/** dx: each dy goes to the first largest value of its window. */
export function maxPoolGrad(dy: usize, x: usize, dx: usize, window: usize, first: i32, last: i32, scratch: usize): void {
  const height = at(window, 0), width = at(window, 1), channels = at(window, 2);
  const outHeight = at(window, 3), outWidth = at(window, 4);
  const pixel = bytes(channels), line = <usize>width * pixel, image = <usize>height * line;
  memory.fill(dx + <usize>first * image, 0, <usize>(last - first) * image);
  dy += <usize>first * outHeight * outWidth * pixel;
  for (let b = first; b < last; b++) {
    for (let i = 0; i < outHeight; i++) {
      const top = i * at(window, 7) - at(window, 9);
      const y0 = max(0, top), y1 = min(height, top + at(window, 5));
      for (let j = 0; j < outWidth; j++) {
        const left = j * at(window, 8) - at(window, 10);
        const x0 = max(0, left), x1 = min(width, left + at(window, 6));
        const corner = <usize>b * image + <usize>y0 * line + <usize>x0 * pixel;
        if (y1 - y0 == 2 && x1 - x0 == 2) scatterFour(dy, x + corner, dx + corner, channels, line);
        else scatter(dy, x + corner, dx + corner, channels, line, y1 - y0, x1 - x0);
        dy += pixel;
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function addPart(p: usize, v: v128, n: i32): void {
  storePart(p, f32x4.add(loadPart(p, n), v), n);
}

// The same for a 2x2 window, with masks of the first largest instead of positions.
function scatterFour(dy: usize, x: usize, dx: usize, channels: i32, line: usize): void {
  const pixel = bytes(channels);
  for (let c = 0; c < channels; c += 4) {
    const n = channels - c;
    const gradient = loadPart(dy, n);
    const p = loadPart(x, n), q = loadPart(x + pixel, n), r = loadPart(x + line, n), s = loadPart(x + line + pixel, n);
    let best = f32x4.pmax(f32x4.splat(-Infinity), p);
    best = f32x4.pmax(f32x4.pmax(f32x4.pmax(best, q), r), s);
    // A window without a value above -Infinity has no largest value, so it gets no gradient.
    let open = f32x4.gt(best, f32x4.splat(-Infinity));
    let hit = v128.and(f32x4.eq(p, best), open);
    addPart(dx, v128.and(hit, gradient), n);
    open = v128.andnot(open, hit);
    hit = v128.and(f32x4.eq(q, best), open);
    addPart(dx + pixel, v128.and(hit, gradient), n);
    open = v128.andnot(open, hit);
    hit = v128.and(f32x4.eq(r, best), open);
    addPart(dx + line, v128.and(hit, gradient), n);
    open = v128.andnot(open, hit);
    hit = v128.and(f32x4.eq(s, best), open);
    addPart(dx + line + pixel, v128.and(hit, gradient), n);
    dy += 16;
    x += 16;
    dx += 16;
  }
}

function scatter(dy: usize, x: usize, dx: usize, channels: i32, line: usize, rows: i32, columns: i32): void {
  const pixel = bytes(channels);
  for (let c = 0; c < channels; c += 4) {
    const n = channels - c;
    const gradient = loadPart(dy + bytes(c), n);
    let best = f32x4.splat(-Infinity), where = i32x4.splat(-1);
    for (let i = 0, k = 0; i < rows; i++) {
      let p = x + <usize>i * line + bytes(c);
      for (let j = 0; j < columns; j++, k++) {
        const v = loadPart(p, n);
        const better = f32x4.gt(v, best);
        best = math.choose(better, v, best);
        where = math.choose(better, i32x4.splat(k), where);
        p += pixel;
      }
    }
    for (let i = 0, k = 0; i < rows; i++) {
      let p = dx + <usize>i * line + bytes(c);
      for (let j = 0; j < columns; j++, k++) {
        addPart(p, v128.and(i32x4.eq(where, i32x4.splat(k)), gradient), n);
        p += pixel;
      }
    }
  }
}

/** The mean of each window, over the pixels inside the image. */
export function avgPool(x: usize, out: usize, window: usize, first: i32, last: i32, scratch: usize): void {
  const height = at(window, 0), width = at(window, 1), channels = at(window, 2);
  const outHeight = at(window, 3), outWidth = at(window, 4);
  const pixel = bytes(channels), line = <usize>width * pixel;
  out += <usize>first * outHeight * outWidth * pixel;
  for (let image = first; image < last; image++) {
    const base = x + <usize>image * height * line;
    for (let i = 0; i < outHeight; i++) {
      const top = i * at(window, 7) - at(window, 9);
      const y0 = max(0, top), y1 = min(height, top + at(window, 5));
      for (let j = 0; j < outWidth; j++) {
        const left = j * at(window, 8) - at(window, 10);
        const x0 = max(0, left), x1 = min(width, left + at(window, 6));
        const corner = base + <usize>y0 * line + <usize>x0 * pixel;
        const count = f32x4.splat(<f32>((y1 - y0) * (x1 - x0)));
        for (let c = 0; c < channels; c += 4) {
          const n = channels - c;
          let total = f32x4.splat(0);
          let row = corner + bytes(c);
          for (let yy = y0; yy < y1; yy++) {
            let p = row;
            for (let xx = x0; xx < x1; xx++) {
              total = f32x4.add(total, loadPart(p, n));
              p += pixel;
            }
            row += line;
          }
          storePart(out + bytes(c), f32x4.div(total, count), n);
        }
        out += pixel;
      }
    }
  }
}

/** dx: each pixel of a window gets dy divided by the size of the whole window, like tfjs's kernel. */
export function avgPoolGrad(dy: usize, dx: usize, window: usize, first: i32, last: i32, scratch: usize): void {
  const height = at(window, 0), width = at(window, 1), channels = at(window, 2);
  const outHeight = at(window, 3), outWidth = at(window, 4);
  const pixel = bytes(channels), line = <usize>width * pixel, image = <usize>height * line;
  const share = f32x4.splat(<f32>1 / <f32>(at(window, 5) * at(window, 6)));
  memory.fill(dx + <usize>first * image, 0, <usize>(last - first) * image);
  dy += <usize>first * outHeight * outWidth * pixel;
  for (let b = first; b < last; b++) {
    for (let i = 0; i < outHeight; i++) {
      const top = i * at(window, 7) - at(window, 9);
      const y0 = max(0, top), y1 = min(height, top + at(window, 5));
      for (let j = 0; j < outWidth; j++) {
        const left = j * at(window, 8) - at(window, 10);
        const x0 = max(0, left), x1 = min(width, left + at(window, 6));
        const corner = dx + <usize>b * image + <usize>y0 * line + <usize>x0 * pixel;
        for (let c = 0; c < channels; c += 4) {
          const n = channels - c;
          const gradient = f32x4.mul(loadPart(dy + bytes(c), n), share);
          let row = corner + bytes(c);
          for (let yy = y0; yy < y1; yy++) {
            let p = row;
            for (let xx = x0; xx < x1; xx++) {
              addPart(p, gradient, n);
              p += pixel;
            }
            row += line;
          }
        }
        dy += pixel;
      }
    }
  }
}
