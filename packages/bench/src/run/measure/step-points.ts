/** Points of a training's curves that results.json keeps, at most. */
const MOST_POINTS = 200;
/** What the norm of all gradients costs, in floating-point operations of a step a parameter: it waits for memory. */
const NORM_COST = 16;
const NORM_SHARE = 0.01;

/** Which steps are looked at; the same for every run of a recipe, whatever the speed of the machine. */
export interface StepPoints {
  /** Every so many-th step is a point of the curves. */
  pointEvery: number;
  /** Every so many-th step has the norm of its gradients: as many as cost 1 % of the training at most. */
  normEvery: number;
}

/** @param stepFlops floating-point operations of a step, roughly */
export function stepPoints({
  totalSteps,
  parameters,
  stepFlops,
}: {
  totalSteps: number;
  parameters: number;
  stepFlops: number;
}): StepPoints {
  const pointEvery = Math.max(1, Math.ceil(totalSteps / MOST_POINTS));
  const least = Math.max(1, Math.ceil((NORM_COST * parameters) / (NORM_SHARE * stepFlops)));
  // Points have a norm as often as can be: the norms' distance divides the points', or is a multiple of it.
  let normEvery = least;
  if (least >= pointEvery) normEvery = pointEvery * Math.ceil(least / pointEvery);
  else while (pointEvery % normEvery !== 0) normEvery++;
  return { pointEvery, normEvery };
}
