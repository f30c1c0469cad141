import { expect, it } from 'vitest';
import { createRuntime } from './runtime';
import { tryVariant } from './self-test';
import { hasRelaxedSimd, type Variant } from './variants';

const variants: Variant[] = hasRelaxedSimd() ? ['baseline', 'relaxed', 'wide'] : ['baseline'];

it.each(variants)('%s passes and is timed', (variant) => {
  const { right, rate } = tryVariant(variant);
  expect(right).toBe(true);
  expect(rate).toBeGreaterThan(0);
});

it.each(['gemm', 'packB', 'geluTanhValue', 'softmax'] as const)('detects a wrong %s', (name) => {
  const { kernels } = createRuntime({ threads: 1, variant: 'baseline' });
  expect(kernels[name]).toBeTypeOf('function');
  const instantiate = WebAssembly.Instance;
  // An engine that drops one kernel.
  class Broken {
    exports: object;
    constructor(module: WebAssembly.Module, imports: WebAssembly.Imports) {
      this.exports = { ...new instantiate(module, imports).exports, [name]: () => {} };
    }
  }
  WebAssembly.Instance = Broken as unknown as typeof WebAssembly.Instance;
  try {
    expect(tryVariant('baseline').right).toBe(false);
  } finally {
    WebAssembly.Instance = instantiate;
  }
});
