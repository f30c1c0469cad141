import type { OptimizerState } from './optimizer';

/** Throws when the optimizer in a wrapper has a slot of the wrapper, which would replace it. */
export function assertFree(wrapper: string, inner: OptimizerState, slots: readonly string[]): void {
  const taken = slots.find((slot) => Object.hasOwn(inner, slot));
  if (taken === undefined) return;
  throw new Error(
    `${wrapper}: the optimizer already has the slot ${taken}; wrap one without it, and wrap it only once`,
  );
}
