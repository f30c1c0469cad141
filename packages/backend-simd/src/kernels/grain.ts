import type { SimdBackend } from '../backend';

const TASK_WORK = 32768;

/** Settings that tests change. */
export const limits = {
  /** Outputs with fewer elements are left to tfjs's CPU kernels: a call into wasm costs more than they do. */
  small: 64,
};

/**
 * Units per task: one task for little work, because waking a thread costs as much as 64K simple operations; else tasks
 * of at least 32K operations, four per thread.
 *
 * @param units Units of the kernel.
 * @param work Operations per unit, 1 being one element read and written.
 */
export function grainOf(simd: SimdBackend, units: number, work: number): number {
  const total = units * work;
  if (total < 2 * TASK_WORK) return Math.max(1, units);
  const tasks = Math.min(Math.floor(total / TASK_WORK), simd.runtime.threads * 4);
  return Math.max(1, Math.ceil(units / tasks));
}
