import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { startWebgpu } from '../test/webgpu';
import type { WebgpuBackend } from './backend';
import { ConstantPool } from './constant-pool';

const available = await startWebgpu();

describe.runIf(available)('ConstantPool', () => {
  it('gives one buffer for each value and type, and distinguishes −0 from 0', () => {
    const pool = new ConstantPool((tf.backend() as WebgpuBackend).device, 10);
    expect(pool.get('float32', 2)).toBe(pool.get('float32', 2));
    expect(pool.get('float32', 2)).not.toBe(pool.get('int32', 2));
    expect(pool.get('float32', 0)).not.toBe(pool.get('float32', -0));
    pool.dispose();
  });

  it('keeps what is used in every step, however many learning rates come and go', () => {
    const pool = new ConstantPool((tf.backend() as WebgpuBackend).device, 3);
    const hot = pool.get('float32', 0.5);
    for (let step = 1; step < 10; step++) {
      pool.get('float32', step);
      expect(pool.get('float32', 0.5)).toBe(hot);
    }
    pool.dispose();
  });
});
