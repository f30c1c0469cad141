/** The places of the windows of convolutions and pooling, from tfjs's attributes. */
export interface WindowAttributes {
  strides: number | readonly [number, number];
  pad: 'same' | 'valid' | number | readonly (readonly [number, number])[];
  dilations?: number | readonly [number, number];
}

/** One spatial axis. */
interface Axis {
  /** Length of the output. */
  out: number;
  /** The places of the input under output `o`, and which tap of the window lies on each. */
  taps: (o: number) => { tap: number; at: number }[];
}

const pair = (value: number | readonly [number, number] = 1): readonly [number, number] =>
  typeof value === 'number' ? [value, value] : value;

/** The two spatial axes of NHWC images under a window. */
export function readAxes(
  image: readonly number[],
  window: readonly [number, number],
  { strides, pad, dilations }: WindowAttributes,
): [Axis, Axis] {
  const axis = (i: 0 | 1): Axis => {
    const [size, taps, stride, dilation] = [image[i + 1]!, window[i], pair(strides)[i], pair(dilations)[i]];
    const extent = (taps - 1) * dilation + 1;
    const [before, out] = placed(pad, i, size, extent, stride);
    return {
      out,
      taps: (o) =>
        Array.from({ length: taps }, (_, tap) => ({ tap, at: o * stride - before + tap * dilation })).filter(
          ({ at }) => at >= 0 && at < size,
        ),
    };
  };
  return [axis(0), axis(1)];
}

/** The padding before an axis, and the length of its output. */
function placed(
  pad: WindowAttributes['pad'],
  i: 0 | 1,
  size: number,
  extent: number,
  stride: number,
): [before: number, out: number] {
  if (pad === 'same') {
    const out = Math.ceil(size / stride);
    return [Math.floor(Math.max(0, (out - 1) * stride + extent - size) / 2), out];
  }
  const [before, after] =
    pad === 'valid' ? [0, 0] : typeof pad === 'number' ? [pad, pad] : (pad[i + 1] as [number, number]);
  return [before, Math.floor((size + before + after - extent) / stride) + 1];
}
