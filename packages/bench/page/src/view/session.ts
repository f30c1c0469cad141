import type { CallName, Calls, Reply, WorkerEvent } from '../protocol';

/** What the worker said no to. */
export class CallError extends Error {
  constructor(
    message: string,
    readonly advice?: string,
    /** Whether nobody said no, but the worker was ended before it answered. */
    readonly ended = false,
  ) {
    super(message);
  }
}

/** The worker and what is under way in it. */
export interface Session {
  call<K extends CallName>(name: K, ...args: Parameters<Calls[K]>): ReturnType<Calls[K]>;
  /** Ends the worker and all that it does; what is asked of it fails. The next call starts another. */
  restart(): void;
}

/** @param onEvent told what the worker does */
export function createSession(onEvent: (event: WorkerEvent) => void): Session {
  let worker: Worker | undefined;
  let next = 0;
  const open = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const failAll = (message: string, ended = false) => {
    for (const { reject } of open.values()) reject(new CallError(message, undefined, ended));
    open.clear();
  };
  const begin = (): Worker => {
    const made = new Worker(new URL('../worker/worker.ts', import.meta.url), {
      type: 'module',
      name: 'bench',
    });
    made.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
      if ('event' in data) return onEvent(data.event);
      const call = open.get(data.id);
      open.delete(data.id);
      if ('error' in data) call?.reject(new CallError(data.error.message, data.error.advice));
      else call?.resolve(data.value);
    });
    made.addEventListener('error', (event) => {
      failAll(
        `The worker of this page failed: ${event.message || 'its program could not be loaded'}. Reload the page.`,
      );
      worker = undefined;
    });
    return made;
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
