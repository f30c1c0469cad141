import { assertOptions, flag, type Kind, oneOf } from '@tenfold/checks';
import { shared } from './shared';

export interface SimdOptions {
  /** Number of threads including the calling one, 1 to 64; by default those of the machine, at most 8. */
  threads?: number;
  /** 'relaxed' uses fused multiply-add of relaxed SIMD; 'auto' (the default) uses it if the engine supports it. */
  variant?: 'auto' | 'baseline' | 'relaxed' | 'wide';
  /**
   * Whether 3×3 convolutions may use Winograd's algorithm; true by default. It is about three times as fast, but its errors are
   * proportional to the largest input of a tile of 6×6 pixels: small values next to a large one lose digits. With false, direct sums
   * are used, whose errors are proportional to the terms of each sum.
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
 * Sets the options of the backend. Call it before the first use of the backend.
 *
 * @param options see {@link SimdOptions}; missing options keep their values
 * @throws when the backend is already running, or an option is unknown or out of range
 * @example
 * configureSimd({ threads: 4 });
 * await tf.setBackend('simd');
 */
export function configureSimd(options: SimdOptions): void {
  assertNotRunning('configureSimd');
  assertOptions('configureSimd', options, kinds);
  Object.assign(chosen, options);
}

/** Returns the options. They cannot change until {@link releaseOptions}. */
export function takeOptions(): SimdOptions {
  shared.frozen = true;
  return chosen;
}

/** Allows new options, after the backend is disposed. */
export function releaseOptions(): void {
  shared.frozen = false;
}

/** @throws when the backend is already running. */
export function assertNotRunning(caller: string): void {
  if (shared.frozen)
    throw new Error(`${caller}: the backend is already running; call ${caller} before tf.setBackend`);
}
