import { Arena } from './arena';
import type { Kernels } from './generated/kernels';
import { scratchOf } from './layout';
import { releaseOptions, type SimdOptions, takeOptions } from './options';
import { affordableThreads, canShareMemory, hardwareThreads } from './platform';
import { type Kernel, Pool } from './pool';
import { assertWebAssembly, hasRelaxedSimd, panelOf, type Variant, variantBytes } from './variants';

const PAGE = 65536;
const START_MILLISECONDS = 2000;
/** The memory may be as small as this part of what is wanted. */
const SMALLEST = 16;
/** Threads by default, at most: the kernels of small models have no work for more. */
const MOST_THREADS = 8;

/** What a backend runs on: memory, compiled kernels and threads. */
export interface Runtime {
  memory: WebAssembly.Memory;
  arena: Arena;
  kernels: Kernels;
  /** Undefined with one thread. */
  pool: Pool | undefined;
  threads: number;
  variant: Variant;
  shared: boolean;
  /** Columns of a panel, see assembly/panel.ts. */
  panel: number;
  /** Whether convolutions may use Winograd's algorithm. */
  winograd: boolean;
}

let runtime: Runtime | undefined;

/** The runtime of the backend that tfjs made. */
export function getRuntime(): Runtime {
  runtime ??= createRuntime(takeOptions());
  return runtime;
}

/** Gives back memory and threads of a runtime whose backend is gone; the next backend makes new ones. */
export function releaseRuntime(gone: Runtime): void {
  gone.pool?.close();
  if (runtime !== gone) return;
  runtime = undefined;
  releaseOptions();
}

/** What tests ask for beyond the options of users. */
export interface RuntimeOptions extends SimdOptions {
  /** Pages of 64 KiB that the memory can grow to; the whole 4 GiB, or what the engine grants, by default. */
  maximumPages?: number;
  /** How long a worker may take for one task before it counts as dead; see {@link Pool}. */
  patienceMilliseconds?: number;
  /** Another class of arena. */
  Arena?: typeof Arena;
}

/** The same without blocking: a page's main thread may not compile at once, and its workers start only while it rests. */
export async function startRuntime(): Promise<Runtime> {
  if (!runtime) {
    const plan = planRuntime(takeOptions());
    const module = await WebAssembly.compile(variantBytes(plan.variant, plan.shared));
    runtime ??= buildRuntime(plan, module);
  }
  const { pool, threads } = runtime;
  const until = performance.now() + START_MILLISECONDS;
  // A worker that a policy of the page forbids never comes; the backend then works on without it.
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

/** Builds a separate runtime; the backend uses the one of {@link getRuntime}. */
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
    patienceMilliseconds,
    Arena: ArenaClass = Arena,
  }: Plan & RuntimeOptions,
  module: WebAssembly.Module,
): Runtime {
  const start = scratchOf(threads);
  const { memory, maximum } = createMemory(start, shared, maximumPages);
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const kernels = instance.exports as unknown as Kernels;
  // Asked when the memory has its addresses.
  const count = Math.min(threads - 1, threads > 1 ? affordableThreads() : 0);
  const workers = { count, patienceMilliseconds };
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
    panel: panelOf(variant),
    winograd,
  };
}

interface Created {
  memory: WebAssembly.Memory;
  /** Pages that it can grow to. */
  maximum: number;
}

function createMemory(headBytes: number, shared: boolean, most: number): Created {
  const initial = Math.min(most, Math.ceil(headBytes / PAGE) + 256);
  let refusal: unknown;
  // A shared memory reserves its maximum at once, which a machine with little address space may refuse.
  for (let maximum = most; maximum >= most / SMALLEST; maximum /= 2) {
    try {
      return { memory: new WebAssembly.Memory({ initial, maximum, shared }), maximum };
    } catch (error) {
      refusal = error;
    }
  }
  const gibibytes = (most * PAGE) / SMALLEST / 2 ** 30;
  throw new Error(
    `simd backend: the engine refused a memory of ${gibibytes} GiB. The process has too little address space: raise its ` +
      'limit (ulimit -v), or take one thread with configureSimd({ threads: 1 })',
    { cause: refusal },
  );
}
