import { scratchPointer } from './layout';
import { NULL, type Pointer } from './pointer';
import { createRuntime, type Runtime } from './runtime';
import type { Variant } from './variants';

/** Two blocks of rows, and partial panels, in operands that fit in the second-level cache. */
const [M, K, N] = [71, 133, 187];
const ELEMENTS = 1003;
/** A kernel starts in the engine's baseline tier. After this time it is compiled by the optimizing tier. */
const WARM_MILLISECONDS = 30;
/** The best of several short times counts, because other work on the machine can only make them longer. */
const TIMINGS = 10;
const TIMED_MILLISECONDS = 1;

export interface Trial {
  /** Whether products of small integers are exact, and elementwise kernels are close to JavaScript's results. */
  right: boolean;
  /** Multiply-adds per millisecond. */
  rate: number;
}

/** Runs kernels of a variant until the engine has optimized them, then checks and times them: 0.1 s. */
export function tryVariant(variant: Variant): Trial {
  const runtime = createRuntime({ threads: 1, variant });
  const product = makeProduct(runtime);
  const elementwise = [makeGelu(runtime), makeSoftmax(runtime)];
  const tests = [product, ...elementwise];
  for (const { run } of tests) repeat(run, WARM_MILLISECONDS);
  const rates = Array.from({ length: TIMINGS }, () => repeat(product.run, TIMED_MILLISECONDS));
  return { right: tests.every(({ right }) => right()), rate: M * K * N * Math.max(...rates) };
}

interface Test {
  run: () => void;
  right: () => boolean;
}

/** @returns runs per millisecond. */
function repeat(run: () => void, milliseconds: number): number {
  const start = performance.now();
  let runs = 0;
  let passed = 0;
  for (; passed < milliseconds; passed = performance.now() - start) {
    run();
    runs++;
  }
  return runs / passed;
}

function place({ arena, memory }: Runtime, size: number, value: (i: number) => number = () => 0) {
  const pointer = arena.allocate(size * 4) as Pointer;
  const values = new Float32Array(memory.buffer, pointer, size).map((_, i) => value(i));
  new Float32Array(memory.buffer, pointer, size).set(values);
  return { pointer, values, read: () => new Float32Array(memory.buffer, pointer, size) };
}

// Every correct product of small integers is exact.
function makeProduct(runtime: Runtime): Test {
  const { kernels, panel } = runtime;
  const panels = Math.ceil(N / panel);
  const a = place(runtime, M * K, (i) => (i % 7) - 3);
  const b = place(runtime, K * N, (i) => (i % 5) - 2);
  const packed = place(runtime, panels * panel * K);
  const c = place(runtime, M * N);
  const scratch = scratchPointer(0) as Pointer;
  const blocks = Math.ceil(M / 64);
  return {
    run() {
      kernels.packB(b.pointer, packed.pointer, K, N, N, 1, K * N, 0, panels, scratch);
      const operands = [a.pointer, packed.pointer, c.pointer, NULL, M, K, N, K, 1, M * K, 64, 256] as const;
      kernels.gemm(...operands, NULL, 0, 0, 0, blocks, scratch);
    },
    right: () =>
      c.read().every((value, at) => {
        const [row, column] = [Math.floor(at / N), at % N];
        let sum = 0;
        for (let p = 0; p < K; p++) sum += a.values[row * K + p]! * b.values[p * N + column]!;
        return value === sum;
      }),
  };
}

function makeGelu(runtime: Runtime): Test {
  const x = place(runtime, ELEMENTS, (i) => (i - 500) / 100);
  const y = place(runtime, ELEMENTS);
  const slope = Math.sqrt(2 / Math.PI);
  const gelu = (x: number) => (x / 2) * (1 + Math.tanh(slope * (x + 0.044715 * x ** 3)));
  return {
    run: () =>
      runtime.kernels.geluTanhValue(x.pointer, y.pointer, 0, 0, 0, ELEMENTS, scratchPointer(0) as Pointer),
    right: () => y.read().every((value, i) => close(value, gelu(x.values[i]!))),
  };
}

function makeSoftmax(runtime: Runtime): Test {
  const x = place(runtime, ELEMENTS, (i) => (i % 97) / 10);
  const y = place(runtime, ELEMENTS);
  const total = x.values.reduce((sum, z) => sum + Math.exp(z), 0);
  return {
    run: () => runtime.kernels.softmax(x.pointer, y.pointer, ELEMENTS, 0, 1, scratchPointer(0) as Pointer),
    right: () => y.read().every((value, i) => close(value, Math.exp(x.values[i]!) / total)),
  };
}

const close = (value: number, expected: number): boolean =>
  Math.abs(value - expected) <= 1e-5 * Math.abs(expected) + 1e-6;
