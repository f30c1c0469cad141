export interface SimdOptions {
  /** Threads that compute, the calling one included; at least 1. By default those of the machine, at most 8. */
  threads?: number;
  /** 'relaxed' uses fused multiply-add where the engine has relaxed SIMD; 'auto' (the default) takes it when it is there. */
  variant?: 'auto' | 'baseline' | 'relaxed' | 'wide';
}

const chosen: SimdOptions = {};
let frozen = false;

/**
 * Sets the options of the backend; call it before the backend is first used.
 *
 * @param options `threads` and `variant`, see {@link SimdOptions}; what is left out keeps its value.
 * @throws when the backend is already running or an option is out of range.
 * @example
 * configureSimd({ threads: 4 });
 * await tf.setBackend('simd');
 */
export function configureSimd(options: SimdOptions): void {
  if (frozen)
    throw new Error('configureSimd: the backend is already running; call configureSimd before tf.setBackend');
  const { threads, variant } = options;
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 64)) {
    throw new Error(`configureSimd: threads is ${threads}; expected an integer from 1 to 64`);
  }
  if (variant !== undefined && !['auto', 'baseline', 'relaxed', 'wide'].includes(variant)) {
    throw new Error(
      `configureSimd: variant is '${variant}'; expected 'auto', 'baseline', 'relaxed' or 'wide'`,
    );
  }
  Object.assign(chosen, options);
}

/** The options as set; from now on they cannot change. */
export function takeOptions(): SimdOptions {
  frozen = true;
  return chosen;
}

/** @throws when the options have been used already. */
export function assertNotRunning(caller: string): void {
  if (frozen)
    throw new Error(`${caller}: the backend is already running; call ${caller} before tf.setBackend`);
}
