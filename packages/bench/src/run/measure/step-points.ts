/** The most steps of a training that results.json stores for its curves. */
const MOST_POINTS = 200;
/** The cost per parameter of the norm of all gradients, in floating-point operations of a step: it is memory-bound. */
const NORM_COST = 16;
const NORM_SHARE = 0.01;

/** Which steps are measured; the same in every run of a recipe, whatever the speed of the machine. */
export interface StepPoints {
  /** The curves have a point every `pointEvery` steps. */
  pointEvery: number;
  /** The norm of the gradients is measured every `normEvery` steps, often enough to cost at most 1 % of the training. */
  normEvery: number;
}

/** @param stepFlops approximate floating-point operations of a step */
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
  // As many points as possible have a norm: one interval divides the other.
  let normEvery = least;
  if (least >= pointEvery) normEvery = pointEvery * Math.ceil(least / pointEvery);
  else while (pointEvery % normEvery !== 0) normEvery++;
  return { pointEvery, normEvery };
}
