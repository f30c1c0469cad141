/** Ctrl-C, SIGTERM and a closed terminal as an AbortSignal. */
export interface Interruption {
  signal: AbortSignal;
  /** 130 after Ctrl-C, 143 after SIGTERM, 129 after the terminal closed, undefined without a signal. */
  exitCode(): number | undefined;
  dispose(): void;
}

const REPEATED = 1000; // milliseconds
const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof codes;

/**
 * The first signal asks the run to stop after its current step. A second one, at least a second later, quits immediately;
 * an earlier one is an echo, since npm passes every Ctrl-C to its child twice.
 *
 * @param print receives a message for the user
 * @param saves whether there is anything to save at the signal, which there is not before the training starts
 * @param stopNow called right before the process ends at the second signal; must be synchronous
 */
export function onInterruption(
  print: (message: string) => void,
  saves: () => boolean,
  stopNow: () => void,
): Interruption {
  const controller = new AbortController();
  let first = 0;
  let code: number | undefined;
  const listen = (name: Signal) => () => {
    if (first === 0) {
      first = performance.now();
      code = codes[name];
      print(
        saves()
          ? 'saving after this step; press Ctrl-C again to quit immediately without saving'
          : 'stopping; press Ctrl-C again to quit immediately',
      );
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
