import { afterEach, describe, expect, it, vi } from 'vitest';
import { createRuntime } from './runtime';
import { whyNoWebAssembly } from './variants';

afterEach(() => vi.unstubAllGlobals());

describe('an engine that does not run WebAssembly', () => {
  it('is not reported if it does', () => expect(whyNoWebAssembly()).toBeUndefined());

  it('without it', () => {
    vi.stubGlobal('WebAssembly', undefined);
    expect(() => createRuntime({ threads: 1 })).toThrow(
      /this engine has no WebAssembly .*--jitless.*tf.setBackend\('cpu'\)/,
    );
  });

  it('by the policy of a page', () => {
    class Module {
      constructor() {
        throw new Error('refused by the policy');
      }
    }
    vi.stubGlobal('WebAssembly', { ...WebAssembly, Module });
    expect(() => createRuntime({ threads: 1 })).toThrow(
      /content security policy needs script-src 'wasm-unsafe-eval' \(refused by the policy\).*'cpu'/,
    );
  });

  it('with too little address space', () => {
    class Memory {
      constructor() {
        throw new RangeError('could not allocate memory');
      }
    }
    vi.stubGlobal('WebAssembly', Object.assign(Object.create(WebAssembly), { Memory }));
    expect(() => createRuntime({ threads: 1 })).toThrow(
      /cannot reserve a memory of 0.25 GiB.*ulimit -v.*configureSimd\(\{ threads: 1 \}\)/,
    );
  });
});
