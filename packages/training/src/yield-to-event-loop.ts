// Read when the module is loaded, because fake timers that a test installs later would never fire.
const { setImmediate, setTimeout, MessageChannel } = globalThis as Partial<typeof globalThis>;

/**
 * Yields to the event loop once, so that signals, timers and messages are handled between steps. In browsers it posts a message,
 * because timers are slow there, and slower in hidden tabs.
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
