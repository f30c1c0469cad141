import { expect, it, vi } from 'vitest';
import { onInterruption } from './interruption';

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s asks the run to save and stop', (signal, code) => {
  const print = vi.fn();
  const before = process.listenerCount(signal);
  const interruption = onInterruption(
    print,
    () => true,
    () => {},
  );
  expect(interruption.exitCode()).toBeUndefined();
  process.emit(signal);
  process.emit(signal); // an echo
  expect(interruption.signal.aborted).toBe(true);
  expect(interruption.exitCode()).toBe(code);
  expect(print).toHaveBeenCalledOnce();
  interruption.dispose();
  expect(process.listenerCount(signal)).toBe(before);
});

it('speaks of saving only where there is something to save', () => {
  const print = vi.fn();
  const interruption = onInterruption(
    print,
    () => false,
    () => {},
  );
  process.emit('SIGINT');
  interruption.dispose();
  expect(print.mock.calls).toEqual([['stopping; press Ctrl-C again to quit immediately']]);
});
