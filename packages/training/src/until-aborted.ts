import { yieldToEventLoop } from './yield-to-event-loop';

/**
 * Waits for a value, but no longer than until a signal aborts. A value that is ready then still counts.
 *
 * @param late called with a value that comes after the abort
 * @throws the signal's reason when it aborts first
 */
export function untilAborted<T>(
  value: T | PromiseLike<T>,
  signal: AbortSignal | undefined,
  late: (value: T) => unknown = () => {},
): Promise<T> {
  const promise = Promise.resolve(value);
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    let isAborted = false;
    const abort = async () => {
      await yieldToEventLoop();
      isAborted = true;
      reject(signal.reason);
    };
    if (signal.aborted) void abort();
    else signal.addEventListener('abort', abort, { once: true });
    promise
      .then(
        (result) => (isAborted ? late(result) : resolve(result)),
        // Nobody waits for an error after the abort.
        reject,
      )
      .finally(() => signal.removeEventListener('abort', abort))
      .catch(() => {});
  });
}
