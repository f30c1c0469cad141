// The peak of all products: multiply-adds on registers only, with as many chains as the tiles have.
import { PANEL } from './panel';
import { multiplyAdd } from './simd';

/**
 * 64 floating-point operations per round: 8 chains of vectors, or 16 in the wide variant, which V8 fuses in pairs because their sums
 * are stored at adjacent addresses, as in the tiles. Items: rounds.
 */
export function multiplyAddPeak(first: i32, last: i32, scratch: usize): void {
  if (PANEL == 8) peak8(last - first, scratch);
  else peak16((last - first) >> 1, scratch);
}

// 64 operations per round.
function peak8(rounds: i32, scratch: usize): void {
  let a = f32x4.splat(1), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
  const x = f32x4.splat(0.999), y = f32x4.splat(0.001);
  for (; rounds > 0; rounds--) {
    a = multiplyAdd(a, x, y);
    b = multiplyAdd(b, x, y);
    c = multiplyAdd(c, x, y);
    d = multiplyAdd(d, x, y);
    e = multiplyAdd(e, x, y);
    f = multiplyAdd(f, x, y);
    g = multiplyAdd(g, x, y);
    h = multiplyAdd(h, x, y);
  }
  const sum = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(f32x4.add(e, f), f32x4.add(g, h)));
  v128.store(scratch, sum);
}

// 128 operations per round, so half as many rounds.
function peak16(rounds: i32, scratch: usize): void {
  let a = f32x4.splat(1), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
  let i = a, j = a, k = a, l = a, m = a, n = a, o = a, p = a;
  v128.store(scratch, f32x4.splat(0.999));
  v128.store(scratch, f32x4.splat(0.999), 16);
  v128.store(scratch, f32x4.splat(0.001), 32);
  v128.store(scratch, f32x4.splat(0.001), 48);
  const x0 = v128.load(scratch), x1 = v128.load(scratch, 16), y0 = v128.load(scratch, 32), y1 = v128.load(scratch, 48);
  for (; rounds > 0; rounds--) {
    a = multiplyAdd(a, x0, y0);
    b = multiplyAdd(b, x1, y1);
    c = multiplyAdd(c, x0, y0);
    d = multiplyAdd(d, x1, y1);
    e = multiplyAdd(e, x0, y0);
    f = multiplyAdd(f, x1, y1);
    g = multiplyAdd(g, x0, y0);
    h = multiplyAdd(h, x1, y1);
    i = multiplyAdd(i, x0, y0);
    j = multiplyAdd(j, x1, y1);
    k = multiplyAdd(k, x0, y0);
    l = multiplyAdd(l, x1, y1);
    m = multiplyAdd(m, x0, y0);
    n = multiplyAdd(n, x1, y1);
    o = multiplyAdd(o, x0, y0);
    p = multiplyAdd(p, x1, y1);
  }
  v128.store(scratch, a);
  v128.store(scratch, b, 16);
  v128.store(scratch, c, 32);
  v128.store(scratch, d, 48);
  v128.store(scratch, e, 64);
  v128.store(scratch, f, 80);
  v128.store(scratch, g, 96);
  v128.store(scratch, h, 112);
  v128.store(scratch, i, 128);
  v128.store(scratch, j, 144);
  v128.store(scratch, k, 160);
  v128.store(scratch, l, 176);
  v128.store(scratch, m, 192);
  v128.store(scratch, n, 208);
  v128.store(scratch, o, 224);
  v128.store(scratch, p, 240);
}
