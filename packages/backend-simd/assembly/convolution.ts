// Convolutions of tensors [images, height, width, channels] as matrix products whose operand A is gathered during packing:
// row = output pixel, column = (tap, channel). The gradient for the input is the same with another geometry.
import { storeRow } from './epilogue';
import { balance, COLUMNS, DEPTH, ROWS } from './gemm';
import { Geometry, TAPS } from './geometry';
import { packPanel, packRows } from './pack';
import { PANEL, countPanels } from './panel';
import { bytes } from './simd';
import { tiles } from './tiles';

/** The size of a row's information in scratch: the pointer to the source pixel, its y and x, and the pointer to the output. */
const ROW_BYTES: usize = 16;
/** Up to this number of channels, adjacent taps are packed together; more channels fill whole vectors. */
const FEW_CHANNELS: i32 = 12;

/**
 * Packs filters to panels [ceil(columns / PANEL)][taps][inner][PANEL]. `order` maps taps to those of the filter; strides are in
 * elements. Items: panels.
 */
export function packFilter(
  filter: usize, out: usize, order: usize, taps: i32, inner: i32, columns: i32,
  tapStride: i32, innerStride: i32, columnStride: i32, first: i32, last: i32, scratch: usize,
): void {
  for (let panel = first; panel < last; panel++) {
    for (let tap = 0; tap < taps; tap++) {
      const source = filter + bytes(i32.load(order + bytes(tap)) * tapStride + panel * PANEL * columnStride);
      const target = out + bytes(panel * taps + tap) * inner * PANEL;
      packPanel(source, innerStride, columnStride, min(PANEL, columns - panel * PANEL), target, inner);
    }
  }
}

/**
 * out = activation(sum over taps and channels of source * filter + bias), the filter packed by packFilter.
 * Items: blocks of blockRows pixels of the grid by blockColumns output channels; `rows` is the number of pixels of all images.
 */
export function convolve(
  geometry: usize, source: usize, filter: usize, out: usize, rows: i32, blockRows: i32, blockColumns: i32,
  bias: usize, activation: i32, alpha: f32, first: i32, last: i32, scratch: usize,
): void {
  const g = changetype<Geometry>(geometry);
  const channels = g.channels, taps = g.taps, n = g.outChannels;
  const columnBlocks = (n + blockColumns - 1) / blockColumns;
  const panelBytes = bytes(taps * channels) * PANEL;
  const cBlock = scratch + bytes(ROWS * DEPTH);
  const zeros = cBlock + bytes(ROWS * COLUMNS);
  const info = zeros + bytes(DEPTH);
  memory.fill(zeros, 0, bytes(DEPTH));

  // The inner dimension is divided into parts that fit in the block: several whole taps, or parts of one tap.
  const chunk = channels > DEPTH ? balance(channels) : channels;
  const most = max(1, DEPTH / channels);
  const parts = max(1, (taps + most - 1) / most);
  const together = (taps + parts - 1) / parts;

  for (let item = first; item < last; item++) {
    const row = item / columnBlocks * blockRows, column = item % columnBlocks * blockColumns;
    const count = min(blockRows, rows - row), columns = min(blockColumns, n - column);
    const columnPanels = countPanels(columns);
    const stride = bytes(columnPanels) * PANEL;
    const panel = filter + panelBytes * (column / PANEL);
    locate(g, source, out, row, count, info);
    if (taps == 0) memory.fill(cBlock, 0, stride * count);
    for (let tap = 0; tap < taps; tap += together) {
      const tapCount = min(together, taps - tap);
      for (let channel = 0; channel < channels; channel += chunk) {
        const width = min(chunk, channels - channel);
        gather(g, geometry + TAPS + bytes(2 * tap), tapCount, channel, width, count, info, zeros, scratch);
        tiles(
          scratch, bytes(tapCount * width) * 4, (count + 3) >> 2,
          panel + bytes(tap * channels + channel) * PANEL, panelBytes, columnPanels,
          cBlock, stride, tapCount * width, tap + channel > 0,
        );
      }
    }
    for (let i = 0; i < count; i++) {
      const target = <usize>i32.load(info + ROW_BYTES * i, 12) + bytes(column);
      storeRow(cBlock + stride * i, target, columns, bias ? bias + bytes(column) : 0, activation, alpha);
    }
  }
}

/** Writes the row information of `count` pixels of the grid, starting at `row`, and repeats the last to a multiple of four. */
function locate(g: Geometry, source: usize, out: usize, row: i32, count: i32, info: usize): void {
  const perImage = g.gridHeight * g.gridWidth;
  const sourceImage = bytes(g.sourceHeight * g.sourceWidth) * g.channels;
  const outImage = bytes(g.outHeight * g.outWidth) * g.outChannels;
  let image = row / perImage;
  let y = row % perImage / g.gridWidth, x = row % g.gridWidth;
  for (let i = 0; i < count; i++) {
    const sy = y * g.stepY + g.originY, sx = x * g.stepX + g.originX;
    const oy = y * g.outStepY + g.outOriginY, ox = x * g.outStepX + g.outOriginX;
    i32.store(info, <i32>(source + sourceImage * image + bytes((sy * g.sourceWidth + sx) * g.channels)));
    i32.store(info, sy, 4);
    i32.store(info, sx, 8);
    i32.store(info, <i32>(out + outImage * image + bytes((oy * g.outWidth + ox) * g.outChannels)), 12);
    info += ROW_BYTES;
    if (++x == g.gridWidth) {
      x = 0;
      if (++y == g.gridHeight) {
        y = 0;
        image++;
      }
    }
  }
  for (; count & 3; count++) {
    memory.copy(info, info - ROW_BYTES, ROW_BYTES);
    info += ROW_BYTES;
  }
}

/** The pixel at the offset (dy, dx) from that of a row, or zeros if it is outside. */
// @ts-ignore: decorator
@inline
function at(g: Geometry, info: usize, dy: i32, dx: i32, offset: usize, zeros: usize): usize {
  const y = i32.load(info, 4) + dy, x = i32.load(info, 8) + dx;
  const inside = (<u32>y < <u32>g.sourceHeight) & (<u32>x < <u32>g.sourceWidth);
  return inside ? <usize>i32.load(info) + offset : zeros;
}

/** Whether the pixels at the offsets (dy, dx) to (dy, dx + more) from that of a row are all inside. */
// @ts-ignore: decorator
@inline
function allInside(g: Geometry, info: usize, dy: i32, dx: i32, more: i32): bool {
  const y = i32.load(info, 4) + dy, x = i32.load(info, 8) + dx;
  return <bool>((<u32>y < <u32>g.sourceHeight) & (x >= 0) & (x + more < g.sourceWidth));
}

/** The number of taps, including the first, that read adjacent pixels. */
// @ts-ignore: decorator
@inline
function sideBySide(tap: usize, taps: i32): i32 {
  const dy = i32.load(tap), dx = i32.load(tap, 4);
  let count = 1;
  while (count < taps && i32.load(tap + bytes(2 * count)) == dy && i32.load(tap + bytes(2 * count), 4) == dx + count) count++;
  return count;
}

/**
 * Packs channels [channel, channel + width) of `taps` taps for all rows of the block, four rows per panel. The channels of adjacent
 * pixels are contiguous in memory, so a small number of channels is packed for several taps at once.
 */
function gather(
  g: Geometry, tap: usize, taps: i32, channel: i32, width: i32, rows: i32, info: usize, zeros: usize, out: usize,
): void {
  const few = width == g.channels && width <= FEW_CHANNELS;
  for (let row = 0; row < rows; row += 4) {
    for (let i = 0; i < taps; ) {
      const place = tap + bytes(2 * i);
      const dy = i32.load(place), dx = i32.load(place, 4);
      let count = few ? sideBySide(place, taps - i) : 1;
      const more = count - 1;
      if (
        more > 0 && !(allInside(g, info, dy, dx, more) && allInside(g, info + ROW_BYTES, dy, dx, more) &&
          allInside(g, info + 2 * ROW_BYTES, dy, dx, more) && allInside(g, info + 3 * ROW_BYTES, dy, dx, more))
      ) count = 1;
      const offset = bytes((dy * g.sourceWidth + dx) * g.channels + channel);
      packRows(
        at(g, info, dy, dx, offset, zeros),
        at(g, info + ROW_BYTES, dy, dx, offset, zeros),
        at(g, info + 2 * ROW_BYTES, dy, dx, offset, zeros),
        at(g, info + 3 * ROW_BYTES, dy, dx, offset, zeros),
        out, width * count,
      );
      out += bytes(width * count) * 4;
      i += count;
    }
    info += 4 * ROW_BYTES;
  }
}
