/** Fails unless the steps are integers, the warm-up shorter than the whole. */
export function assertSteps(
  name: string,
  { totalSteps, warmupSteps = 0 }: { totalSteps: number; warmupSteps?: number },
): void {
  if (!Number.isInteger(totalSteps) || totalSteps < 1) {
    throw new Error(`${name}: totalSteps is ${totalSteps}; give an integer of at least 1`);
  }
  if (!Number.isInteger(warmupSteps) || warmupSteps < 0 || warmupSteps >= totalSteps) {
    throw new Error(
      `${name}: warmupSteps is ${warmupSteps} of ${totalSteps} totalSteps; give an integer from 0 to ${totalSteps - 1}`,
    );
  }
}
