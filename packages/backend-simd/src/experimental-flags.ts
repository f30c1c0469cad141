import { assertNotRunning, configureSimd } from './options';
import { nodeModule } from './platform';
import { createRuntime } from './runtime';
import { hasRelaxedSimd } from './variants';

const FLAG = '--experimental-wasm-relaxed-simd';

/**
 * Turns on what this version of Node has but does not offer by itself: relaxed SIMD in Node 20, about a sixth faster
 * products. The flag holds for the whole process and V8 calls it experimental, so the library never sets it on its own.
 * The kernels are then checked against known results; when one differs the baseline variant is used.
 *
 * @returns the flags that were set; empty where there is nothing to gain, as in a browser or in Node 22 and later.
 * @throws when the backend is already running.
 * @example
 * enableExperimentalV8Flags();
 * await tf.setBackend('simd');
 */
export function enableExperimentalV8Flags(): string[] {
  assertNotRunning('enableExperimentalV8Flags');
  const v8 = nodeModule('v8') as { setFlagsFromString(flags: string): void } | undefined;
  if (!v8 || hasRelaxedSimd()) return [];
  try {
    v8.setFlagsFromString(FLAG);
  } catch {
    return []; // a version of V8 that does not know the flag
  }
  if (!hasRelaxedSimd()) return [];
  if (relaxedKernelsWork()) return [FLAG];
  configureSimd({ variant: 'baseline' });
  return [];
}

/** A product of small integers, which every correct kernel gets exactly right. */
function relaxedKernelsWork(): boolean {
  const [m, k, n] = [7, 33, 19];
  const { memory, arena, kernels } = createRuntime({ threads: 1, variant: 'relaxed' });
  const [a, b, packed, c] = [m * k, k * n, k * 24, m * n].map((size) => arena.allocate(size * 4)) as [
    number,
    number,
    number,
    number,
  ];
  const view = (pointer: number, size: number): Float32Array =>
    new Float32Array(memory.buffer, pointer, size);
  const x = view(a, m * k).map((_, i) => (i % 7) - 3);
  const y = view(b, k * n).map((_, i) => (i % 5) - 2);
  view(a, m * k).set(x);
  view(b, k * n).set(y);
  kernels.packB!(b, packed, k, n, n, 1, k * n, 0, 3, 65536);
  kernels.gemm!(a, packed, c, 0, m, k, n, k, 1, m * k, 64, 256, 0, 0, 0, 0, 1, 65536);
  return view(c, m * n).every((value, i) => {
    const [row, column] = [Math.floor(i / n), i % n];
    let sum = 0;
    for (let p = 0; p < k; p++) sum += x[row * k + p]! * y[p * n + column]!;
    return value === sum;
  });
}
