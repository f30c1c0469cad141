import { assertOptions, flag, type Kind, oneOf } from '@tenfold/checks';
import { shared } from './shared';

export interface SimdOptions {
  /** Threads that compute, the calling one included; 1 to 64. By default those of the machine, at most 8. */
  threads?: number;
  /** 'relaxed' uses fused multiply-add where the engine has relaxed SIMD; 'auto' (the default) takes it when it is there. */
  variant?: 'auto' | 'baseline' | 'relaxed' | 'wide';
  /**
   * Whether 3×3 convolutions may use Winograd's algorithm; true by default. It is about three times as fast, with errors in
   * proportion to the largest input of a tile of 6×6 pixels: small values next to a large one lose digits. False takes direct
   * sums, whose errors are in proportion to the terms of each sum.
   */
  winograd?: boolean;
}

const threadCount: Kind = {
  expected: 'an integer from 1 to 64',
  accepts: (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 64,
};
const kinds = {
  threads: threadCount,
  variant: oneOf('auto', 'baseline', 'relaxed', 'wide'),
  winograd: flag,
};

const chosen = shared.options as SimdOptions;

/**
 * Sets the options of the backend; call it before the backend is first used.
 *
 * @param options see {@link SimdOptions}; what is left out keeps its value.
 * @throws when the backend is already running, an option is unknown or out of its range.
 * @example
 * configureSimd({ threads: 4 });
 * await tf.setBackend('simd');
 */
export function configureSimd(options: SimdOptions): void {
  assertNotRunning('configureSimd');
  assertOptions('configureSimd', options, kinds);
  Object.assign(chosen, options);
}

/** The options as set; they cannot change before {@link releaseOptions}. */
export function takeOptions(): SimdOptions {
  shared.frozen = true;
  return chosen;
}

/** The backend that used the options is gone. */
export function releaseOptions(): void {
  shared.frozen = false;
}

/** @throws when the options have been used already. */
export function assertNotRunning(caller: string): void {
  if (shared.frozen)
    throw new Error(`${caller}: the backend is already running; call ${caller} before tf.setBackend`);
}
