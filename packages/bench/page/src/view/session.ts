import type { CallName, Calls, Reply, WorkerEvent } from '../protocol';

/** A call that the worker rejected. */
export class CallError extends Error {
  constructor(
    message: string,
    readonly advice?: string,
    /** Whether the worker was ended before it answered. */
    readonly ended = false,
  ) {
    super(message);
  }
}

/** The worker and its pending calls. */
export interface Session {
  call<K extends CallName>(name: K, ...args: Parameters<Calls[K]>): ReturnType<Calls[K]>;
  /** Ends the worker; pending calls fail. The next call starts another worker. */
  restart(): void;
}

/** @param onEvent receives the worker's events */
export function createSession(onEvent: (event: WorkerEvent) => void): Session {
  let worker: Worker | undefined;
  let next = 0;
  const open = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const failAll = (message: string, ended = false) => {
    for (const { reject } of open.values()) reject(new CallError(message, undefined, ended));
    open.clear();
  };
  const begin = (): Worker => {
    const started = new Worker(new URL('../worker/worker.ts', import.meta.url), {
      type: 'module',
      name: 'bench',
    });
    started.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
      if ('event' in data) return onEvent(data.event);
      const call = open.get(data.id);
      open.delete(data.id);
      if ('error' in data) call?.reject(new CallError(data.error.message, data.error.advice));
      else call?.resolve(data.value);
    });
    started.addEventListener('error', (event) => {
      failAll(
        `The worker of this page failed: ${event.message || 'its program could not be loaded'}. Reload the page.`,
      );
      worker = undefined;
    });
    return started;
  };
  return {
    call(name, ...args) {
      worker ??= begin();
      const id = next++;
      const answer = new Promise<unknown>((resolve, reject) => open.set(id, { resolve, reject }));
      worker.postMessage({ id, call: name, args });
      return answer as never;
    },
    restart() {
      worker?.terminate();
      worker = undefined;
      failAll('The worker was ended.', true);
    },
  };
}
