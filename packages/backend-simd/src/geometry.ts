import type { backend_util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend';
import { advance, type Pointer } from './pointer';

type Conv2DInfo = backend_util.Conv2DInfo;

/** The geometry in assembly/geometry.ts. `taps` are offsets; `order` maps them to taps of the filter. */
export interface Geometry {
  source: { height: number; width: number; channels: number };
  grid: { height: number; width: number };
  step: [number, number];
  origin: [number, number];
  out: { height: number; width: number; channels: number };
  outStep: [number, number];
  outOrigin: [number, number];
  taps: [number, number][];
  order: number[];
}

/** The geometry of the forward pass: each output pixel reads its window of the input. */
export function forwardGeometry(info: Conv2DInfo): Geometry {
  const { filterHeight, filterWidth, dilationHeight, dilationWidth } = info;
  const taps: [number, number][] = [];
  for (let y = 0; y < filterHeight; y++) {
    for (let x = 0; x < filterWidth; x++) taps.push([y * dilationHeight, x * dilationWidth]);
  }
  return {
    source: { height: info.inHeight, width: info.inWidth, channels: info.inChannels },
    grid: { height: info.outHeight, width: info.outWidth },
    step: [info.strideHeight, info.strideWidth],
    origin: [-info.padInfo.top, -info.padInfo.left],
    out: { height: info.outHeight, width: info.outWidth, channels: info.outChannels },
    outStep: [1, 1],
    outOrigin: [0, 0],
    taps,
    order: taps.map((_, i) => i),
  };
}

/** The phases of a strided convolution: the first input pixel of each residue class. */
export function phases({ strideHeight, strideWidth, inHeight, inWidth }: Conv2DInfo): [number, number][] {
  const found: [number, number][] = [];
  for (let y = 0; y < Math.min(strideHeight, inHeight); y++) {
    for (let x = 0; x < Math.min(strideWidth, inWidth); x++) found.push([y, x]);
  }
  return found;
}

/** The geometry of the input pixels (y + i strideHeight, x + j strideWidth), with the taps that connect them to pixels of dy. */
export function phaseGeometry(info: Conv2DInfo, y: number, x: number): Geometry {
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo, filterHeight, filterWidth } =
    info;
  const taps: [number, number][] = [];
  const order: number[] = [];
  for (let ky = 0; ky < filterHeight; ky++) {
    for (let kx = 0; kx < filterWidth; kx++) {
      const dy = y + padInfo.top - ky * dilationHeight;
      const dx = x + padInfo.left - kx * dilationWidth;
      if (dy % strideHeight !== 0 || dx % strideWidth !== 0) continue;
      taps.push([dy / strideHeight, dx / strideWidth]);
      order.push(ky * filterWidth + kx);
    }
  }
  return {
    source: { height: info.outHeight, width: info.outWidth, channels: info.outChannels },
    grid: {
      height: Math.ceil((info.inHeight - y) / strideHeight),
      width: Math.ceil((info.inWidth - x) / strideWidth),
    },
    step: [1, 1],
    origin: [0, 0],
    out: { height: info.inHeight, width: info.inWidth, channels: info.inChannels },
    outStep: [strideHeight, strideWidth],
    outOrigin: [y, x],
    taps,
    order,
  };
}

/** Writes a geometry and its tap order to wasm memory for the duration of `use`. */
export function withGeometry(
  backend: SimdBackend,
  geometry: Geometry,
  use: (pointer: Pointer, order: Pointer) => void,
): void {
  const { source, grid, step, origin, out, outStep, outOrigin, taps, order } = geometry;
  const fields = [
    ...[source.height, source.width, source.channels, grid.height, grid.width, ...step, ...origin],
    ...[out.height, out.width, out.channels, ...outStep, ...outOrigin, taps.length],
  ];
  const words = [...fields, ...taps.flat(), ...order];
  const pointer = backend.temporary(words.length * 4);
  new Int32Array(backend.runtime.memory.buffer, pointer, words.length).set(words);
  use(pointer, advance(pointer, (fields.length + 2 * taps.length) * 4));
  backend.release(pointer, words.length * 4);
}
