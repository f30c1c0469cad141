// Convolutions with a 3x3 filter and stride 1 by Winograd's algorithm F(4x4, 3x3): tiles of 6x6 input pixels give 4x4
// output pixels with 36 products instead of 144. Interpolation points 0, ±5/8, ±3/2 and infinity, whose rounding error
// is half that of the usual 0, ±1, ±2.
import { storeRow } from './epilogue';
import { packRows } from './pack';
import { PANEL, countPanels } from './panel';
import { bytes } from './simd';
import { tiles } from './tiles';

/** The address of the scratch of thread 0 and the distance to the next, which give each thread its part of the workspace. */
const SCRATCH: usize = 65536;
const SCRATCH_BYTES: usize = 262144;

/** The part of a workspace that belongs to the thread with this scratch. */
// @ts-ignore: decorator
@inline
export function ownPart(workspace: usize, workspaceBytes: usize, scratch: usize): usize {
  return workspace + (scratch - SCRATCH) / SCRATCH_BYTES * workspaceBytes;
}

@unmanaged
export class Shape {
  height: i32;
  width: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;
  outChannels: i32;
  padTop: i32;
  padLeft: i32;
}

/** The filter transform: three numbers to six. */
// @ts-ignore: decorator
@inline
function spread(a: v128, b: v128, c: v128, out: usize, step: usize): void {
  const outer = f32x4.add(f32x4.mul(a, f32x4.splat(<f32>(-2048.0 / 2975.0))), f32x4.mul(c, f32x4.splat(<f32>(-32.0 / 119.0))));
  const outerOdd = f32x4.mul(b, f32x4.splat(<f32>(-256.0 / 595.0)));
  const inner = f32x4.add(f32x4.mul(a, f32x4.splat(<f32>(128.0 / 1071.0))), f32x4.mul(c, f32x4.splat(<f32>(32.0 / 119.0))));
  const innerOdd = f32x4.mul(b, f32x4.splat(<f32>(64.0 / 357.0)));
  v128.store(out, f32x4.mul(a, f32x4.splat(<f32>(256.0 / 225.0))));
  v128.store(out + step, f32x4.add(outer, outerOdd));
  v128.store(out + 2 * step, f32x4.sub(outer, outerOdd));
  v128.store(out + 3 * step, f32x4.add(inner, innerOdd));
  v128.store(out + 4 * step, f32x4.sub(inner, innerOdd));
  v128.store(out + 5 * step, c);
}

/**
 * Transforms 3x3 filters to [36][ceil(columns / PANEL)][inner][PANEL]. Strides in elements; `turned` reverses the taps,
 * for the gradient for the input. Items: panels.
 */
export function winogradFilter(
  filter: usize, out: usize, inner: i32, columns: i32, tapStride: i32, innerStride: i32, columnStride: i32, turned: i32,
  first: i32, last: i32, scratch: usize,
): void {
  const panels = countPanels(columns);
  const step = bytes(panels * inner) * PANEL; // from one of the 36 to the next
  const row = bytes(PANEL);
  const middle = scratch + 9 * row; // [6][3][PANEL] behind [9][PANEL]
  for (let panel = first; panel < last; panel++) {
    const present = min(PANEL, columns - PANEL * panel);
    for (let i = 0; i < inner; i++) {
      const source = filter + bytes(i * innerStride + PANEL * panel * columnStride);
      for (let tap = 0; tap < 9; tap++) {
        const from = source + bytes((turned ? 8 - tap : tap) * tapStride);
        for (let j = 0; j < PANEL; j++) {
          f32.store(scratch + bytes(PANEL * tap + j), j < present ? f32.load(from + bytes(j * columnStride)) : 0);
        }
      }
      const target = out + bytes(panel * inner + i) * PANEL;
      for (let half: usize = 0; half < row; half += 16) {
        const at = scratch + half;
        for (let x: usize = 0; x < 3; x++) {
          const column = at + row * x;
          spread(
            v128.load(column), v128.load(column + 3 * row), v128.load(column + 6 * row), middle + half + row * x, 3 * row,
          );
        }
        for (let y: usize = 0; y < 6; y++) {
          const from = middle + half + 3 * row * y;
          spread(v128.load(from), v128.load(from + row), v128.load(from + 2 * row), target + half + 6 * step * y, step);
        }
      }
    }
  }
}

/** Transforms six numbers of the input, 16-byte vectors at `step`, to the six that are multiplied. */
// @ts-ignore: decorator
@inline
function transformInput(d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, out: usize, step: usize): void {
  const edge = f32x4.splat(225.0 / 256.0), square = f32x4.splat(169.0 / 64.0);
  const evenOuter = f32x4.sub(d4, f32x4.mul(d2, f32x4.splat(9.0 / 4.0)));
  const oddOuter = f32x4.sub(f32x4.mul(d3, f32x4.splat(5.0 / 8.0)), f32x4.mul(d1, f32x4.splat(45.0 / 32.0)));
  const evenInner = f32x4.sub(d4, f32x4.mul(d2, f32x4.splat(25.0 / 64.0)));
  const oddInner = f32x4.sub(f32x4.mul(d3, f32x4.splat(3.0 / 2.0)), f32x4.mul(d1, f32x4.splat(75.0 / 128.0)));
  v128.store(out, f32x4.add(f32x4.sub(f32x4.mul(d0, edge), f32x4.mul(d2, square)), d4));
  v128.store(out + step, f32x4.add(evenOuter, oddOuter));
  v128.store(out + 2 * step, f32x4.sub(evenOuter, oddOuter));
  v128.store(out + 3 * step, f32x4.add(evenInner, oddInner));
  v128.store(out + 4 * step, f32x4.sub(evenInner, oddInner));
  v128.store(out + 5 * step, f32x4.add(f32x4.sub(f32x4.mul(d1, edge), f32x4.mul(d3, square)), d5));
}

/** Transforms six products at `step` to four numbers of the output. */
// @ts-ignore: decorator
@inline
function transformOutput(m: usize, step: usize, out: usize, outStep: usize): void {
  const m1 = v128.load(m + step), m2 = v128.load(m + 2 * step), m3 = v128.load(m + 3 * step), m4 = v128.load(m + 4 * step);
  const outerSum = f32x4.add(m1, m2), outerDifference = f32x4.sub(m1, m2);
  const innerSum = f32x4.add(m3, m4), innerDifference = f32x4.sub(m3, m4);
  v128.store(out, f32x4.add(f32x4.add(v128.load(m), outerSum), innerSum));
  v128.store(out + outStep, f32x4.add(
    f32x4.mul(outerDifference, f32x4.splat(5.0 / 8.0)), f32x4.mul(innerDifference, f32x4.splat(3.0 / 2.0))));
  v128.store(out + 2 * outStep, f32x4.add(
    f32x4.mul(outerSum, f32x4.splat(25.0 / 64.0)), f32x4.mul(innerSum, f32x4.splat(9.0 / 4.0))));
  v128.store(out + 3 * outStep, f32x4.add(f32x4.add(
    f32x4.mul(outerDifference, f32x4.splat(125.0 / 512.0)), f32x4.mul(innerDifference, f32x4.splat(27.0 / 8.0))),
    v128.load(m + 5 * step)));
}

/**
 * out = activation(x * filter + bias), the filter transformed by winogradFilter; channels and outChannels are multiples
 * of four. Items: blocks of `blockTiles` tiles (a multiple of four) of all images. `workspace` has for each thread
 * `workspaceBytes`: 36 * blockTiles * (channels + ceil(outChannels / PANEL) * PANEL) floats.
 */
export function winograd(
  shape: usize, x: usize, filter: usize, out: usize, tileCount: i32, blockTiles: i32, workspace: usize,
  workspaceBytes: usize, bias: usize, activation: i32, alpha: f32, first: i32, last: i32, scratch: usize,
): void {
  const s = changetype<Shape>(shape);
  const channels = s.channels, n = s.outChannels;
  const columnPanels = countPanels(n);
  const stride = bytes(columnPanels) * PANEL;
  const own = ownPart(workspace, workspaceBytes, scratch);
  const panelBytes = bytes(channels) * 4;
  for (let item = first; item < last; item++) {
    const tile = item * blockTiles;
    const count = min(blockTiles, tileCount - tile);
    const rowPanels = (count + 3) >> 2;
    const products = own + panelBytes * rowPanels * 36;
    const productStep = stride * rowPanels * 4;
    gatherTiles(s, x, tile, count, own, panelBytes * rowPanels, scratch);
    for (let xi: usize = 0; xi < 36; xi++) {
      tiles(
        own + panelBytes * rowPanels * xi, panelBytes, rowPanels,
        filter + bytes(columnPanels * channels) * PANEL * xi, bytes(channels) * PANEL, columnPanels,
        products + productStep * xi, stride, channels, false,
      );
    }
    for (let i = 0; i < count; i++) {
      scatterTile(s, products + stride * i, productStep, out, tile + i, bias, activation, alpha, scratch);
    }
  }
}

/** Transforms tiles, 32 channels at a time in scratch, and packs them, four tiles per panel: [36][panel][channels][4]. */
function gatherTiles(s: Shape, x: usize, tile: i32, count: i32, out: usize, step: usize, scratch: usize): void {
  const pointers = scratch; // 4 tiles of 36 pixels
  const zeros = scratch + 4 * 36 * 4;
  const middle = zeros + 128; // [36] vectors of one tile
  const transformed = middle + 36 * 16; // [4][36][32]
  memory.fill(zeros, 0, 128);
  for (let i = 0; i < count; i += 4) {
    for (let j = 0; j < 4; j++) locate(s, x, tile + min(i + j, count - 1), pointers + 144 * j);
    for (let channel = 0; channel < s.channels; channel += 32) {
      const width = min(32, s.channels - channel);
      for (let j = 0; j < 4; j++) {
        for (let c = 0; c < width; c += 4) {
          transformTile(pointers + 144 * j, bytes(channel + c), zeros, middle, transformed + 4608 * j + bytes(c), 128);
        }
      }
      for (let xi: usize = 0; xi < 36; xi++) {
        const row = transformed + 128 * xi;
        packRows(row, row + 4608, row + 9216, row + 13824, out + step * xi + bytes(channel) * 4, width);
      }
    }
    out += bytes(s.channels) * 4;
  }
}

/** Writes the pointers to the 36 pixels of a tile, 0 for pixels outside. */
export function locate(s: Shape, x: usize, tile: i32, pointers: usize): void {
  const across = (s.outWidth + 3) >> 2, down = (s.outHeight + 3) >> 2;
  const image = tile / (across * down), inside = tile % (across * down);
  const top = inside / across * 4 - s.padTop, left = inside % across * 4 - s.padLeft;
  const base = x + bytes(image * s.height * s.width) * s.channels;
  for (let row = top; row < top + 6; row++) {
    for (let column = left; column < left + 6; column++) {
      const present = (<u32>row < <u32>s.height) & (<u32>column < <u32>s.width);
      i32.store(pointers, present ? <i32>(base + bytes((row * s.width + column) * s.channels)) : 0);
      pointers += 4;
    }
  }
}

// @ts-ignore: decorator
@inline
export function pixel(pointers: usize, index: usize, offset: usize, zeros: usize): v128 {
  const pointer = <usize>i32.load(pointers + 4 * index);
  return v128.load(pointer ? pointer + offset : zeros);
}

/** Four channels of one tile: columns, then rows; the result goes to `out`, `step` bytes from number to number. */
export function transformTile(pointers: usize, offset: usize, zeros: usize, middle: usize, out: usize, step: usize): void {
  for (let column: usize = 0; column < 6; column++) {
    transformInput(
      pixel(pointers, column, offset, zeros), pixel(pointers, column + 6, offset, zeros),
      pixel(pointers, column + 12, offset, zeros), pixel(pointers, column + 18, offset, zeros),
      pixel(pointers, column + 24, offset, zeros), pixel(pointers, column + 30, offset, zeros),
      middle + 16 * column, 96,
    );
  }
  for (let row: usize = 0; row < 6; row++) {
    const at = middle + 96 * row;
    transformInput(
      v128.load(at), v128.load(at, 16), v128.load(at, 32), v128.load(at, 48), v128.load(at, 64), v128.load(at, 80),
      out + 6 * step * row, step,
    );
  }
}

/** Transforms the products of a tile back, and writes the pixels that are inside the output. */
function scatterTile(
  s: Shape, products: usize, step: usize, out: usize, tile: i32, bias: usize, activation: i32, alpha: f32, scratch: usize,
): void {
  const across = (s.outWidth + 3) >> 2, down = (s.outHeight + 3) >> 2;
  const image = tile / (across * down), inside = tile % (across * down);
  const top = inside / across * 4, left = inside % across * 4;
  const rows = min(4, s.outHeight - top), columns = min(4, s.outWidth - left);
  const base = out + bytes((image * s.outHeight + top) * s.outWidth + left) * s.outChannels;
  const middle = scratch; // [4][6] vectors
  const pixels = scratch + 24 * 16; // [16] pixels of 32 channels
  for (let channel = 0; channel < s.outChannels; channel += 32) {
    const width = min(32, s.outChannels - channel);
    for (let c = 0; c < width; c += 4) {
      const at = products + bytes(channel + c);
      for (let column: usize = 0; column < 6; column++) {
        transformOutput(at + step * column, 6 * step, middle + 16 * column, 96);
      }
      for (let row: usize = 0; row < 4; row++) transformOutput(middle + 96 * row, 16, pixels + 512 * row + bytes(c), 128);
    }
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const target = base + bytes((row * s.outWidth + column) * s.outChannels + channel);
        const source = pixels + 512 * row + 128 * column;
        storeRow(source, target, width, bias ? bias + bytes(channel) : 0, activation, alpha);
      }
    }
  }
}
