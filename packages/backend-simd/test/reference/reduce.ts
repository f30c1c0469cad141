/** Folds x along `axes` in double precision; `axes` are not kept. */
export function referenceReduce(
  x: ArrayLike<number>,
  shape: number[],
  axes: number[],
  start: number,
  fold: (total: number, value: number) => number,
): Float64Array {
  const kept = shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const out = new Float64Array(kept.reduce((size, i) => size * shape[i]!, 1)).fill(start);
  for (let i = 0; i < x.length; i++) {
    let rest = i;
    const index = new Array<number>(shape.length);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    const at = kept.reduce((offset, axis) => offset * shape[axis]! + index[axis]!, 0);
    out[at] = fold(out[at]!, x[i]!);
  }
  return out;
}
