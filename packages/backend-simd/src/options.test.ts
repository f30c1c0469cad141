import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { configureSimd, enableExperimentalV8Flags, SimdBackend } from './index';
import { hasRelaxedSimd } from './variants';

describe('configureSimd', () => {
  it('rejects options out of range', () => {
    expect(() => configureSimd({ threads: 0 })).toThrow(/threads is 0; give an integer from 1 to 64/);
    expect(() => configureSimd({ threads: 1.5 })).toThrow(/1.5/);
    expect(() => configureSimd({ variant: 'fast' as 'auto' })).toThrow(/variant is "fast"/);
    expect(() => configureSimd({ winograd: 1 as unknown as boolean })).toThrow(/winograd is 1/);
    expect(() => configureSimd({ thread: 2 } as object)).toThrow(
      /there is no option "thread"; did you mean threads/,
    );
  });

  it('accepts options and flags before the first use only', async () => {
    const before = hasRelaxedSimd();
    const flags = enableExperimentalV8Flags();
    const wide = flags.includes('--experimental-wasm-revectorize');
    expect(flags).toHaveLength(wide || (!before && hasRelaxedSimd()) ? 1 : 0);
    configureSimd({ threads: 3 });
    await tf.setBackend('simd');
    const { runtime } = tf.backend() as SimdBackend;
    expect(runtime.threads).toBe(3);
    expect(runtime.variant).toBe(wide ? 'wide' : hasRelaxedSimd() ? 'relaxed' : 'baseline');
    expect(() => configureSimd({ threads: 2 })).toThrow(/already running/);
    expect(() => enableExperimentalV8Flags()).toThrow(/already running/);
    expect(tf.backend()).toBeInstanceOf(SimdBackend);
  });
});
