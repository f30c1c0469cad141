/** A thread of the pool, the same in Node and in the browser. */
export interface Thread {
  terminate(): void;
}

// Node's modules are loaded through `process` at run time, so that bundlers do not see imports of them.
interface NodeProcess {
  arch?: string;
  versions?: { node?: string };
  getBuiltinModule?: (name: string) => unknown;
}
interface NodeWorkerThreads {
  Worker: new (
    code: string,
    options: { eval: true; workerData: unknown; execArgv: string[]; name: string },
  ) => { unref(): void; terminate(): unknown; on(event: 'error', listener: (error: Error) => void): void };
}
interface NodeFs {
  readFileSync(path: string, encoding: 'utf8'): string;
}
interface NodeOs {
  availableParallelism(): number;
}

const nodeProcess = (globalThis as { process?: NodeProcess }).process;

export const isNode = typeof nodeProcess?.versions?.node === 'string';

/** Loads a built-in module of Node; undefined in browsers and in Node before 20.16. */
export function nodeModule(name: string): unknown {
  return isNode ? nodeProcess?.getBuiltinModule?.(`node:${name}`) : undefined;
}

/** The processor architecture and the major version of Node; 0 in a browser. */
export function processorAndVersion(): { processor: string | undefined; major: number } {
  return { processor: nodeProcess?.arch, major: Number.parseInt(nodeProcess?.versions?.node ?? '0', 10) };
}

/** The number of hardware threads, limited by the CPU quota of a container. */
export function hardwareThreads(): number {
  const os = nodeModule('os') as NodeOs | undefined;
  const threads = os?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
  return Math.min(threads, containerThreads(readText));
}

/**
 * The CPU quota of this container in Linux, rounded up to whole processors; Infinity without a quota. Node counts the processors of
 * the host, and surplus threads would wait for each other.
 */
export function containerThreads(read: (path: string) => string | undefined): number {
  const [quota, period] = read('/sys/fs/cgroup/cpu.max')?.trim().split(' ') ?? [
    read('/sys/fs/cgroup/cpu/cpu.cfs_quota_us'),
    read('/sys/fs/cgroup/cpu/cpu.cfs_period_us'),
  ];
  const processors = Number(quota) / Number(period); // 'max' and -1 are no limit
  return processors > 0 ? Math.max(1, Math.ceil(processors)) : Number.POSITIVE_INFINITY;
}

/** Bytes of addresses that Node reserves for a thread: 590 MiB were seen in Node 20, 840 for the first. */
const THREAD_ADDRESSES = 2 ** 30;

/**
 * The threads that the process still has addresses for; Infinity where nothing limits them. V8 ends the process when a
 * thread gets none, as it may under `ulimit -v`.
 */
export function affordableThreads(read: (path: string) => string | undefined = readText): number {
  const limit = /^Max address space +(\d+)/m.exec(read('/proc/self/limits') ?? '')?.[1];
  const used = /^VmSize:\s+(\d+) kB/m.exec(read('/proc/self/status') ?? '')?.[1];
  if (limit === undefined || used === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(0, Math.floor((Number(limit) - 1024 * Number(used)) / THREAD_ADDRESSES));
}

function readText(path: string): string | undefined {
  try {
    return (nodeModule('fs') as NodeFs | undefined)?.readFileSync(path, 'utf8');
  } catch {
    return undefined; // not Linux, or not permitted
  }
}

/** Whether threads can share memory: always in Node, in a browser only on a cross-origin isolated page. */
export function canShareMemory(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false;
  if (isNode) return nodeModule('worker_threads') !== undefined;
  return globalThis.crossOriginIsolated === true && typeof Worker !== 'undefined';
}

/** Whether this thread may sleep in Atomics.wait, which the main thread of a page may not. */
export function canBlock(): boolean {
  return isNode || typeof (globalThis as { document?: unknown }).document === 'undefined';
}

/** Starts a thread that runs `code`, with `data` in a global named `threadData`. */
export function startThread(code: string, data: unknown, onError: (error: unknown) => void): Thread {
  return isNode ? startNodeThread(code, data, onError) : startWebWorker(code, data, onError);
}

function startNodeThread(code: string, data: unknown, onError: (error: unknown) => void): Thread {
  const { Worker } = nodeModule('worker_threads') as NodeWorkerThreads;
  const source = `const threadData = require('node:worker_threads').workerData;\n${code}`;
  const worker = new Worker(source, { eval: true, workerData: data, execArgv: [], name: 'simd' });
  worker.on('error', onError);
  worker.unref(); // a sleeping worker must not keep the process alive
  return { terminate: () => void worker.terminate() };
}

function startWebWorker(code: string, data: unknown, onError: (error: unknown) => void): Thread {
  const source = `self.onmessage = ({ data: threadData }) => {\n${code}\n};`;
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(url, { name: 'simd' });
  worker.onerror = (event) => onError(event.message);
  worker.postMessage(data);
  return {
    terminate: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
