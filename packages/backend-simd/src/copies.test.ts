import { expect, it, vi } from 'vitest';
import { configureSimd, OutOfMemoryError, SimdBackend } from './index';

// An application imports the package while one of its dependencies requires it: two copies in one program.
it('shares options and classes among copies of the package', async () => {
  vi.resetModules();
  const other = await import('./index');
  expect(other.configureSimd).not.toBe(configureSimd);
  other.configureSimd({ threads: 1 });
  const tf = await import('@tensorflow/tfjs-core');
  await tf.setBackend('simd');
  const backend = tf.backend();
  expect((backend as SimdBackend).runtime.threads).toBe(1);
  for (const { SimdBackend, configureSimd } of [other, await import('./index')]) {
    expect(backend).toBeInstanceOf(SimdBackend);
    expect(() => configureSimd({ threads: 2 })).toThrow(/already running/);
  }
  expect(() => configureSimd({ threads: 2 })).toThrow(/already running/);
  expect(backend).toBeInstanceOf(SimdBackend);
  expect(new other.OutOfMemoryError('full')).toBeInstanceOf(OutOfMemoryError);
  expect(new Error('full')).not.toBeInstanceOf(OutOfMemoryError);
});
