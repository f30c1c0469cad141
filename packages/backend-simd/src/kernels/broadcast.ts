import { backend_util } from '@tensorflow/tfjs-core';

/** How a wasm kernel iterates over two broadcast operands; see assembly/binary.ts. */
export interface BroadcastPlan {
  shape: number[];
  stepA: number;
  stepB: number;
  inner: number;
  items: number;
  /** The words of the layout table; undefined if the operands are flat. */
  layout?: number[];
}

interface Axis {
  size: number;
  /** Whether the operand varies along the axis. */
  a: boolean;
  b: boolean;
}

const PERIODIC_BELOW = 64;

/**
 * Plans f(a, b) with NumPy's broadcasting. Adjacent axes with the same behavior of both operands are merged.
 *
 * @param options.periodic whether a short row may be repeated in memory; true by default
 * @returns the plan, or undefined if more than four axes remain
 * @throws when the shapes do not broadcast.
 */
export function planBroadcast(a: number[], b: number[], { periodic = true } = {}): BroadcastPlan | undefined {
  const shape = backend_util.assertAndGetBroadcastShape(a, b);
  const axes = mergeAxes(a, b, shape);
  const [inner, outer] = axes;
  if (!inner) return { shape, stepA: 1, stepB: 1, inner: 1, items: 1 };
  const stepA = Number(inner.a);
  const stepB = Number(inner.b);
  if (!outer) return { shape, stepA, stepB, inner: 1, items: inner.size };
  if (axes.length > 4) return undefined;
  if (periodic && axes.length === 2 && stepA && stepB && inner.size < PERIODIC_BELOW) {
    return { shape, stepA: outer.a ? 1 : 2, stepB: outer.b ? 1 : 2, inner: inner.size, items: outer.size };
  }
  return { shape, stepA, stepB, inner: inner.size, ...outerAxes(axes) };
}

// From the last axis to the first.
function mergeAxes(a: number[], b: number[], shape: number[]): Axis[] {
  const axes: Axis[] = [];
  for (let i = 1; i <= shape.length; i++) {
    const size = shape[shape.length - i]!;
    if (size === 1) continue;
    const axis = { size, a: (a[a.length - i] ?? 1) !== 1, b: (b[b.length - i] ?? 1) !== 1 };
    const last = axes.at(-1);
    if (last && last.a === axis.a && last.b === axis.b) last.size *= size;
    else axes.push(axis);
  }
  return axes;
}

function outerAxes([inner, ...outer]: Axis[]): { items: number; layout: number[] } {
  const sizes = [1, 1, 1];
  const stridesA = [0, 0, 0];
  const stridesB = [0, 0, 0];
  let spanA = inner!.a ? inner!.size : 1;
  let spanB = inner!.b ? inner!.size : 1;
  outer.forEach(({ size, a, b }, i) => {
    sizes[2 - i] = size;
    stridesA[2 - i] = a ? spanA : 0;
    stridesB[2 - i] = b ? spanB : 0;
    if (a) spanA *= size;
    if (b) spanB *= size;
  });
  const items = sizes[0]! * sizes[1]! * sizes[2]!;
  return { items, layout: [sizes[1]!, sizes[2]!, ...stridesA, ...stridesB] };
}
