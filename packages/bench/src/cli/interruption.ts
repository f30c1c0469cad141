/** Ctrl-C and its kin as an AbortSignal. */
export interface Interruption {
  signal: AbortSignal;
  /** 130 after Ctrl-C, 143 after SIGTERM, 129 after the terminal closed, undefined when nothing came. */
  exitCode(): number | undefined;
  dispose(): void;
}

const REPEATED = 1000; // milliseconds
const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof codes;

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
  const listen = (name: Signal) => () => {
    if (first === 0) {
      first = performance.now();
      code = codes[name];
      say('saving after this step; Ctrl-C again stops at once, without');
      controller.abort(new DOMException('The run was interrupted', 'AbortError'));
    } else if (performance.now() - first >= REPEATED) {
      stopNow();
      process.exit(code);
    }
  };
  const listeners = (Object.keys(codes) as Signal[]).map((name) => [name, listen(name)] as const);
  for (const [name, listener] of listeners) process.on(name, listener);
  return {
    signal: controller.signal,
    exitCode: () => code,
    dispose() {
      for (const [name, listener] of listeners) process.off(name, listener);
    },
  };
}
