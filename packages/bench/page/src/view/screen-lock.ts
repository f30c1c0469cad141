interface Lock {
  readonly released: boolean;
  release(): Promise<void>;
}

/**
 * Keeps the screen on while it is wanted, if the browser supports it. A browser releases the lock when the tab is hidden, and
 * refuses it when the battery is low: neither is an error.
 *
 * @param wanted whether it is wanted now
 * @returns a function to call whenever that may have changed
 */
export function createScreenLock(wanted: () => boolean): () => void {
  let lock: Lock | undefined;
  let turn: Promise<void> = Promise.resolve();
  const update = async () => {
    if (!wanted()) {
      await lock?.release();
      lock = undefined;
    } else if (!lock || lock.released) {
      lock = await (navigator as { wakeLock?: { request(type: 'screen'): Promise<Lock> } }).wakeLock?.request(
        'screen',
      );
    }
  };
  // One request at a time: changes during a request are applied after it.
  return () => {
    turn = turn.then(update).catch(() => {
      lock = undefined;
    });
  };
}
