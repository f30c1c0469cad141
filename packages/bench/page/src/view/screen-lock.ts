interface Lock {
  readonly released: boolean;
  release(): Promise<void>;
}

/**
 * Keeps the screen on while it is wanted, where the browser can. A browser takes the lock away when the tab is hidden, and
 * refuses it when the battery is low: neither is an error.
 *
 * @param wanted whether it is wanted now
 * @returns to be called whenever that may have changed
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
  // One at a time: what is asked for while a request is under way is looked at after it.
  return () => {
    turn = turn.then(update).catch(() => {
      lock = undefined;
    });
  };
}
