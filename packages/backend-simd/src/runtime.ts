import { Arena } from './arena';
import { scratchOf } from './layout';
import { type SimdOptions, takeOptions } from './options';
import { canShareMemory, hardwareThreads } from './platform';
import { type Kernel, Pool } from './pool';
import { compileVariant, hasRelaxedSimd, type Variant } from './variants';

/** What all backend instances of this process share: memory, compiled kernels and threads. */
export interface Runtime {
  memory: WebAssembly.Memory;
  arena: Arena;
  kernels: Record<string, Kernel>;
  /** Undefined with one thread. */
  pool: Pool | undefined;
  threads: number;
  variant: Variant;
  shared: boolean;
}

let runtime: Runtime | undefined;

// tfjs makes a new backend after every tf.engine().reset(); memory and threads must not be made anew each time.
export function getRuntime(): Runtime {
  runtime ??= createRuntime(takeOptions());
  return runtime;
}

/** Builds a runtime of its own; the backend uses the one of {@link getRuntime}. */
export function createRuntime({
  threads = Math.min(2, hardwareThreads()),
  variant = 'auto',
}: SimdOptions): Runtime {
  const relaxed = hasRelaxedSimd();
  if (variant === 'relaxed' && !relaxed) {
    throw new Error("simd backend: this engine has no relaxed SIMD; use variant 'auto' or 'baseline'");
  }
  const chosen = variant === 'auto' ? (relaxed ? 'relaxed' : 'baseline') : variant;
  const shared = threads > 1 && canShareMemory();
  const count = shared ? threads : 1;
  const start = scratchOf(count);
  const memory = createMemory(start, shared);
  const module = compileVariant(chosen, shared);
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const kernels = instance.exports as Record<string, Kernel>;
  const pool = count > 1 ? new Pool(kernels, memory, module, count - 1) : undefined;
  return { memory, arena: new Arena(memory, start), kernels, pool, threads: count, variant: chosen, shared };
}

function createMemory(headBytes: number, shared: boolean): WebAssembly.Memory {
  const initial = Math.ceil(headBytes / 65536) + 256;
  // A shared memory reserves its maximum at once, which a machine with little address space may refuse.
  for (const maximum of [65536, 32768, 16384]) {
    try {
      return new WebAssembly.Memory({ initial, maximum, shared });
    } catch (error) {
      if (maximum === 16384)
        throw new Error('simd backend: the engine refused a memory of 1 GiB', { cause: error });
    }
  }
  throw new Error('unreachable');
}
