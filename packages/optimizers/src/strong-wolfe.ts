import type * as tf from '@tensorflow/tfjs-core';

/** A point on the line: t, the loss, its slope along the line, its gradients. */
export interface Point {
  t: number;
  value: number;
  slope: number;
  grads: tf.NamedTensorMap;
}

interface Search {
  maxEvaluations: number;
  /** c₁. */
  decrease: number;
  /** c₂. */
  curvature: number;
  /** The smallest width of a bracket. */
  tolerance: number;
}

/**
 * Finds a point that satisfies the strong Wolfe conditions, as PyTorch does: brackets it by growing steps, then zooms by cubic
 * interpolation. After `maxEvaluations` it returns the lowest point of the bracket.
 *
 * @param origin the point of t = 0, with a slope below 0
 * @param evaluate computes a point
 * @param first the t that is tried first, > 0
 * @see Nocedal, Wright, "Numerical Optimization", 2006, algorithms 3.5 and 3.6
 */
export function strongWolfe(
  origin: Point,
  evaluate: (t: number) => Point,
  first: number,
  { maxEvaluations, decrease, curvature, tolerance }: Search,
): Point {
  // A loss that is not finite is above every other.
  const at = (t: number): Point => {
    const point = evaluate(t);
    const isUsable = Number.isFinite(point.value) && Number.isFinite(point.slope);
    return isUsable ? point : { ...point, value: Number.POSITIVE_INFINITY, slope: Number.POSITIVE_INFINITY };
  };
  const isHigh = ({ t, value }: Point) => value > origin.value + decrease * t * origin.slope;
  const isFlat = ({ slope }: Point) => Math.abs(slope) <= -curvature * origin.slope;

  let [previous, current] = [origin, at(first)];
  let evaluations = 1;
  let bracket: [Point, Point] | undefined;
  while (evaluations <= maxEvaluations) {
    if (isHigh(current) || (evaluations > 2 && current.value >= previous.value)) {
      bracket = [previous, current];
      break;
    }
    if (isFlat(current)) return current;
    if (current.slope >= 0) {
      bracket = [previous, current];
      break;
    }
    if (evaluations === maxEvaluations) break;
    const bounds: [number, number] = [current.t + 0.01 * (current.t - previous.t), current.t * 10];
    const t = interpolate(previous, current, bounds);
    [previous, current] = [current, at(t)];
    evaluations++;
  }
  let [low, high] = bracket ?? [origin, current];
  if (high.value < low.value) [low, high] = [high, low];
  let wasClose = false;
  while (bracket && evaluations < maxEvaluations && Math.abs(high.t - low.t) >= tolerance) {
    const [left, right] = [Math.min(low.t, high.t), Math.max(low.t, high.t)];
    let t = interpolate(low, high, [left, right]);
    // A trial next to an end makes too little progress: the second one in a row is moved inwards.
    const margin = 0.1 * (right - left);
    const isClose = Math.min(right - t, t - left) < margin;
    if (isClose && (wasClose || t >= right || t <= left)) {
      t = right - t < t - left ? right - margin : left + margin;
      wasClose = false;
    } else wasClose = isClose;
    const point = at(t);
    evaluations++;
    if (isHigh(point) || point.value >= low.value) {
      high = point;
      if (high.value < low.value) [low, high] = [high, low];
      continue;
    }
    if (isFlat(point)) return point;
    if (point.slope * (high.t - low.t) >= 0) high = low;
    low = point;
  }
  return low;
}

/** The minimum of the cubic through two points with their slopes, within bounds; or else their middle. */
function interpolate(one: Point, other: Point, [lowest, highest]: [number, number]): number {
  const [a, b] = one.t <= other.t ? [one, other] : [other, one];
  const d1 = a.slope + b.slope - (3 * (a.value - b.value)) / (a.t - b.t);
  const square = d1 ** 2 - a.slope * b.slope;
  const root = Math.sqrt(square);
  const t = b.t - (b.t - a.t) * ((b.slope + root - d1) / (b.slope - a.slope + 2 * root));
  return Number.isFinite(t) ? Math.min(Math.max(t, lowest), highest) : (lowest + highest) / 2;
}
