/** Ctrl-C and its kin as an AbortSignal. */
export interface Interruption {
  signal: AbortSignal;
  /** 130 after Ctrl-C, 143 after SIGTERM, undefined when nothing came. */
  exitCode(): number | undefined;
  dispose(): void;
}

const REPEATED = 1000; // milliseconds

/**
 * The first signal asks the run to stop after its current step. A second one at least a second later stops at once;
 * one that comes sooner is an echo, since npm hands every Ctrl-C to its child twice.
 *
 * @param say told what happens, for the user
 * @param stopNow the last thing before the process ends at the second signal; must be synchronous
 */
export function onInterruption(say: (message: string) => void, stopNow: () => void): Interruption {
  const controller = new AbortController();
  let first = 0;
  let code: number | undefined;
  const listen = (name: 'SIGINT' | 'SIGTERM') => () => {
    if (first === 0) {
      first = performance.now();
      code = name === 'SIGINT' ? 130 : 143;
      say('saving after this step; Ctrl-C again stops at once, without');
      controller.abort(new DOMException('The run was interrupted', 'AbortError'));
    } else if (performance.now() - first >= REPEATED) {
      stopNow();
      process.exit(code);
    }
  };
  const listeners = { SIGINT: listen('SIGINT'), SIGTERM: listen('SIGTERM') };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, listeners[name]);
  return {
    signal: controller.signal,
    exitCode: () => code,
    dispose() {
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, listeners[name]);
    },
  };
}
