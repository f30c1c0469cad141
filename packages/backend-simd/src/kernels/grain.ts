import type { SimdBackend } from '../backend';

const TASK_WORK = 32768;

/** Settings that tests change. */
export const limits = {
  /** Smaller outputs are left to tfjs's CPU kernels, because a call into wasm would cost more. */
  small: 64,
};

/**
 * The number of items per task. Little work becomes one task, because waking a thread costs as much as 64K simple operations; more
 * work becomes four tasks per thread, of at least 32K operations.
 *
 * @param items number of items of the kernel
 * @param work operations per item, where 1 is reading and writing one element
 */
export function chooseGrain(simd: SimdBackend, items: number, work: number): number {
  const total = items * work;
  if (total < 2 * TASK_WORK) return Math.max(1, items);
  const tasks = Math.min(Math.floor(total / TASK_WORK), simd.runtime.threads * 4);
  return Math.max(1, Math.ceil(items / tasks));
}
