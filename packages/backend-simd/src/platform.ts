/** A thread of the pool, the same in Node and in the browser. */
export interface Thread {
  terminate(): void;
}

// Node's modules are taken at run time from the process, so that no bundler sees an import of them.
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
interface NodeOs {
  availableParallelism(): number;
}

const nodeProcess = (globalThis as { process?: NodeProcess }).process;

export const isNode = typeof nodeProcess?.versions?.node === 'string';

/** One of Node's own modules; undefined in a browser and in Node before 20.16. */
export function nodeModule(name: string): unknown {
  return isNode ? nodeProcess?.getBuiltinModule?.(`node:${name}`) : undefined;
}

/** What Node runs on and its major version; 0 in a browser. */
export function processorAndVersion(): { processor: string | undefined; major: number } {
  return { processor: nodeProcess?.arch, major: Number.parseInt(nodeProcess?.versions?.node ?? '0', 10) };
}

/** How many threads the machine runs at once. */
export function hardwareThreads(): number {
  const os = nodeModule('os') as NodeOs | undefined;
  return os?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
}

/** Whether threads can share memory here: always in Node, in a browser only on a cross-origin isolated page. */
export function canShareMemory(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false;
  if (isNode) return nodeModule('worker_threads') !== undefined;
  return globalThis.crossOriginIsolated === true && typeof Worker !== 'undefined';
}

/** Whether this thread may sleep in Atomics.wait: not on the main thread of a page. */
export function canBlock(): boolean {
  return isNode || typeof (globalThis as { document?: unknown }).document === 'undefined';
}

/** Starts a thread that runs `code`, which finds `data` in a global named `threadData`. */
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
