// Taken when the module is loaded: fake timers that a test puts in their place later would never fire.
const { setImmediate, setTimeout, MessageChannel } = globalThis as Partial<typeof globalThis>;

/**
 * Lets the event loop turn once, so that signals, timers and messages are handled between steps. Timers are slow in
 * browsers and slower in hidden tabs; a message to oneself is not.
 */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    if (setImmediate) setImmediate(resolve);
    else if (MessageChannel) {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        channel.port1.close();
        resolve();
      };
      channel.port2.postMessage(null);
    } else setTimeout!(resolve);
  });
}
