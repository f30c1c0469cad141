import { Arena } from './arena';
import type { Kernels } from './generated/kernels';
import { scratchPointer } from './layout';
import { releaseOptions, type SimdOptions, takeOptions } from './options';
import { affordableThreads, canShareMemory, hardwareThreads } from './platform';
import { type Kernel, Pool } from './pool';
import { assertWebAssembly, hasRelaxedSimd, panelColumns, type Variant, variantBytes } from './variants';

const PAGE = 65536;
const START_MILLISECONDS = 2000;
/** The memory may be smaller than desired by this factor. */
const SMALLEST = 16;
/** The default maximum number of threads; small models do not have work for more. */
const MOST_THREADS = 8;

/** The runtime of a backend: memory, compiled kernels and threads. */
export interface Runtime {
  memory: WebAssembly.Memory;
  arena: Arena;
  kernels: Kernels;
  /** Undefined with one thread. */
  pool: Pool | undefined;
  threads: number;
  variant: Variant;
  shared: boolean;
  /** Number of columns of a panel; see assembly/panel.ts. */
  panel: number;
  /** Whether convolutions may use Winograd's algorithm. */
  winograd: boolean;
}

let runtime: Runtime | undefined;

/** The runtime of the registered backend. */
export function getRuntime(): Runtime {
  runtime ??= createRuntime(takeOptions());
  return runtime;
}

/** Releases the memory and threads of a runtime, after its backend is disposed. */
export function releaseRuntime(gone: Runtime): void {
  gone.pool?.close();
  if (runtime !== gone) return;
  runtime = undefined;
  releaseOptions();
}

/** Additional options for tests. */
export interface RuntimeOptions extends SimdOptions {
  /** The maximum size of the memory in pages of 64 KiB; by default 4 GiB, or the maximum of the engine. */
  maximumPages?: number;
  /** How long a worker may take for a task before it counts as dead; see {@link Pool}. */
  timeoutMilliseconds?: number;
  /** A subclass of the arena. */
  Arena?: typeof Arena;
}

/** Starts the runtime without blocking: the main thread of a page may not compile synchronously, and workers start only when it is idle. */
export async function startRuntime(): Promise<Runtime> {
  if (!runtime) {
    const plan = planRuntime(takeOptions());
    const module = await WebAssembly.compile(variantBytes(plan.variant, plan.shared));
    runtime ??= buildRuntime(plan, module);
  }
  const { pool, threads } = runtime;
  const until = performance.now() + START_MILLISECONDS;
  // A worker that the policy of the page forbids never starts; the backend then works without it.
  while (pool && !pool.failure && pool.online < threads - 1 && performance.now() < until) {
    await new Promise((done) => setTimeout(done, 1));
  }
  if (pool?.failure) {
    console.warn(
      `simd backend: ${pool.online} of ${threads - 1} worker threads have started (${describe(pool.failure)}). ` +
        "A page's content security policy has to allow worker-src blob:",
    );
  }
  return runtime;
}

/** Creates a separate runtime. The registered backend uses that of {@link getRuntime}. */
export function createRuntime(options: RuntimeOptions): Runtime {
  const plan = planRuntime(options);
  return buildRuntime(
    { ...options, ...plan },
    new WebAssembly.Module(variantBytes(plan.variant, plan.shared)),
  );
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));

interface Plan {
  threads: number;
  winograd?: boolean | undefined;
  variant: Variant;
  shared: boolean;
}

function planRuntime({
  threads = Math.min(MOST_THREADS, hardwareThreads()),
  variant = 'auto',
  winograd,
}: SimdOptions): Plan {
  assertWebAssembly();
  const relaxed = hasRelaxedSimd();
  if ((variant === 'relaxed' || variant === 'wide') && !relaxed) {
    throw new Error("simd backend: this engine has no relaxed SIMD; use variant 'auto' or 'baseline'");
  }
  const shared = threads > 1 && canShareMemory();
  return {
    threads: shared ? threads : 1,
    variant: variant === 'auto' ? (relaxed ? 'relaxed' : 'baseline') : variant,
    shared,
    winograd,
  };
}

function buildRuntime(
  {
    threads,
    variant,
    shared,
    winograd = true,
    maximumPages = 65536,
    timeoutMilliseconds,
    Arena: ArenaClass = Arena,
  }: Plan & RuntimeOptions,
  module: WebAssembly.Module,
): Runtime {
  const start = scratchPointer(threads);
  const { memory, maximum } = createMemory(start, shared, maximumPages);
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const kernels = instance.exports as unknown as Kernels;
  // Computed after the memory is reserved.
  const count = Math.min(threads - 1, threads > 1 ? affordableThreads() : 0);
  const workers = { count, timeoutMilliseconds };
  const pool =
    count > 0 ? new Pool(kernels as unknown as Record<string, Kernel>, memory, module, workers) : undefined;
  const arena = new ArenaClass(memory, start, maximum * PAGE);
  return {
    memory,
    arena,
    kernels,
    pool,
    threads: count + 1,
    variant,
    shared,
    panel: panelColumns(variant),
    winograd,
  };
}

interface Created {
  memory: WebAssembly.Memory;
  /** The maximum number of pages. */
  maximum: number;
}

function createMemory(headBytes: number, shared: boolean, most: number): Created {
  const initial = Math.min(most, Math.ceil(headBytes / PAGE) + 256);
  let failure: unknown;
  // A shared memory reserves its maximum at once, which fails on a machine with little address space.
  for (let maximum = most; maximum >= most / SMALLEST; maximum /= 2) {
    try {
      return { memory: new WebAssembly.Memory({ initial, maximum, shared }), maximum };
    } catch (error) {
      failure = error;
    }
  }
  const gibibytes = (most * PAGE) / SMALLEST / 2 ** 30;
  throw new Error(
    `simd backend: the engine cannot reserve a memory of ${gibibytes} GiB. The process has too little address space: raise its ` +
      'limit (ulimit -v), or use one thread with configureSimd({ threads: 1 })',
    { cause: failure },
  );
}
