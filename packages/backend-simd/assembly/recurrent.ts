// One time step of recurrent layers: gates and states, and their gradients. The pointers `product` and previous state are 0 in the
// first step, which means zeros. Items: rows of the batch.
import * as math from './math';
import { bytes, multiplyAdd } from './simd';
import { loadPart, storePart } from './vector';

/** s (1 - s), the derivative of sigmoid computed from its value. */
// @ts-ignore: decorator
@inline
function sigmoidGradFromOutput(s: v128): v128 {
  return f32x4.mul(s, f32x4.sub(f32x4.splat(1), s));
}

/** 1 - t^2, the derivative of tanh computed from its value. */
// @ts-ignore: decorator
@inline
function tanhGradFromOutput(t: v128): v128 {
  return f32x4.sub(f32x4.splat(1), f32x4.mul(t, t));
}

// @ts-ignore: decorator
@inline
function sum(input: usize, product: usize, at: usize, width: i32): v128 {
  const x = loadPart(input + at, width);
  return product ? f32x4.add(x, loadPart(product + at, width)) : x;
}

/** [i, f, g, o] = input + product; c = σ(f) cell + σ(i) tanh(g), h = σ(o) tanh(c). */
export function lstmCell(
  input: usize, product: usize, cell: usize, state: usize, gates: usize, next: usize, tanhCell: usize, units: i32,
  first: i32, last: i32, scratch: usize,
): void {
  const step = bytes(units);
  for (let row = first; row < last; row++) {
    for (let i = 0; i < units; i += 4) {
      const width = units - i;
      const at = bytes(row * 4 * units + i), to = bytes(row * units + i);
      const take = math.sigmoid(sum(input, product, at, width));
      const keep = math.sigmoid(sum(input, product, at + step, width));
      const candidate = math.tanh(sum(input, product, at + 2 * step, width));
      const out = math.sigmoid(sum(input, product, at + 3 * step, width));
      const taken = f32x4.mul(take, candidate);
      const c = cell ? multiplyAdd(keep, loadPart(cell + to, width), taken) : taken;
      const t = math.tanh(c);
      storePart(gates + at, take, width);
      storePart(gates + at + step, keep, width);
      storePart(gates + at + 2 * step, candidate, width);
      storePart(gates + at + 3 * step, out, width);
      storePart(next + to, c, width);
      storePart(tanhCell + to, t, width);
      storePart(state + to, f32x4.mul(out, t), width);
    }
  }
}

/** Gradients of lstmCell for the sums of its gates and for the previous cell, from those of h and of c (or 0). */
export function lstmCellGrad(
  dstate: usize, dnext: usize, gates: usize, tanhCell: usize, cell: usize, dsums: usize, dcell: usize, units: i32,
  first: i32, last: i32, scratch: usize,
): void {
  const step = bytes(units);
  for (let row = first; row < last; row++) {
    for (let i = 0; i < units; i += 4) {
      const width = units - i;
      const at = bytes(row * 4 * units + i), to = bytes(row * units + i);
      const take = loadPart(gates + at, width), keep = loadPart(gates + at + step, width);
      const candidate = loadPart(gates + at + 2 * step, width), out = loadPart(gates + at + 3 * step, width);
      const t = loadPart(tanhCell + to, width), dh = loadPart(dstate + to, width);
      let dc = f32x4.mul(f32x4.mul(dh, out), tanhGradFromOutput(t));
      if (dnext) dc = f32x4.add(dc, loadPart(dnext + to, width));
      const before = cell ? loadPart(cell + to, width) : f32x4.splat(0);
      storePart(dsums + at, f32x4.mul(f32x4.mul(dc, candidate), sigmoidGradFromOutput(take)), width);
      storePart(dsums + at + step, f32x4.mul(f32x4.mul(dc, before), sigmoidGradFromOutput(keep)), width);
      storePart(dsums + at + 2 * step, f32x4.mul(f32x4.mul(dc, take), tanhGradFromOutput(candidate)), width);
      storePart(dsums + at + 3 * step, f32x4.mul(f32x4.mul(dh, t), sigmoidGradFromOutput(out)), width);
      storePart(dcell + to, f32x4.mul(dc, keep), width);
    }
  }
}

/** r = σ(input + product), z likewise, m = product + bias, n = tanh(input + r m); h = n + z (state - n). */
export function gruCell(
  input: usize, product: usize, bias: usize, state: usize, next: usize, gates: usize, recurrent: usize, units: i32,
  first: i32, last: i32, scratch: usize,
): void {
  const step = bytes(units);
  for (let row = first; row < last; row++) {
    for (let i = 0; i < units; i += 4) {
      const width = units - i;
      const at = bytes(row * 3 * units + i), to = bytes(row * units + i);
      const reset = math.sigmoid(sum(input, product, at, width));
      const update = math.sigmoid(sum(input, product, at + step, width));
      const shift = loadPart(bias + bytes(i), width);
      const m = product ? f32x4.add(loadPart(product + at + 2 * step, width), shift) : shift;
      const candidate = math.tanh(f32x4.add(loadPart(input + at + 2 * step, width), f32x4.mul(reset, m)));
      const before = state ? loadPart(state + to, width) : f32x4.splat(0);
      storePart(gates + at, reset, width);
      storePart(gates + at + step, update, width);
      storePart(gates + at + 2 * step, candidate, width);
      storePart(recurrent + to, m, width);
      storePart(next + to, f32x4.add(candidate, f32x4.mul(update, f32x4.sub(before, candidate))), width);
    }
  }
}

/** Gradients of gruCell for its input, for the product, and for the previous state outside the product. */
export function gruCellGrad(
  dnext: usize, gates: usize, recurrent: usize, state: usize, dinput: usize, dproduct: usize, dstate: usize, units: i32,
  first: i32, last: i32, scratch: usize,
): void {
  const step = bytes(units);
  for (let row = first; row < last; row++) {
    for (let i = 0; i < units; i += 4) {
      const width = units - i;
      const at = bytes(row * 3 * units + i), to = bytes(row * units + i);
      const reset = loadPart(gates + at, width), update = loadPart(gates + at + step, width);
      const candidate = loadPart(gates + at + 2 * step, width), dh = loadPart(dnext + to, width);
      const before = state ? loadPart(state + to, width) : f32x4.splat(0);
      const dupdate = f32x4.mul(f32x4.mul(dh, f32x4.sub(before, candidate)), sigmoidGradFromOutput(update));
      const dcandidate = f32x4.mul(f32x4.mul(dh, f32x4.sub(f32x4.splat(1), update)), tanhGradFromOutput(candidate));
      const dreset = f32x4.mul(f32x4.mul(dcandidate, loadPart(recurrent + to, width)), sigmoidGradFromOutput(reset));
      storePart(dinput + at, dreset, width);
      storePart(dproduct + at, dreset, width);
      storePart(dinput + at + step, dupdate, width);
      storePart(dproduct + at + step, dupdate, width);
      storePart(dinput + at + 2 * step, dcandidate, width);
      storePart(dproduct + at + 2 * step, f32x4.mul(dcandidate, reset), width);
      storePart(dstate + to, f32x4.mul(dh, update), width);
    }
  }
}
