/**
 * Lets the event loop turn once, so that signals, timers and messages are handled between steps. Timers are slow in
 * browsers and slower in hidden tabs; a message to oneself is not.
 */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') {
      setImmediate(resolve);
      return;
    }
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(null);
  });
}
