import { isKind, type Kind } from './kind';
import { show } from './show';

/**
 * Throws unless a value is of its kind. `undefined` passes unless the kind is required.
 *
 * @param name of the function; starts the message
 * @param what name of the argument or option
 * @throws when the value is not of the kind, or another argument is wrong
 * @example
 * assertArgument('dropout', 'rate', 1.5, fraction); // dropout: rate is 1.5; give a number in [0, 1)
 */
export function assertArgument(name: string, what: string, value: unknown, kind: Kind): void {
  if (!isKind(kind)) {
    throw new Error(`assertArgument: kind is ${show(kind)}; give a kind, such as positive`);
  }
  if (typeof name !== 'string' || typeof what !== 'string') {
    const wrong = typeof name === 'string' ? 'what' : 'name';
    throw new Error(`assertArgument: ${wrong} is ${show({ name, what }[wrong])}; give a string`);
  }
  if (value === undefined && !kind.required) return;
  if (kind.accepts(value)) return;
  const shown = value === undefined ? 'missing' : show(value);
  throw new Error(`${name}: ${what} is ${shown}${hint(value)}; give ${kind.expected}`);
}

/** What a message would not show of a value: that it is a string, or what it is in float32. */
function hint(value: unknown): string {
  if (typeof value === 'string')
    return value.trim() !== '' && Number.isFinite(Number(value)) ? ' (a string)' : '';
  if (typeof value !== 'number' || !Number.isFinite(value)) return '';
  if (!Number.isFinite(Math.fround(value))) return ' (infinite in float32)';
  return value !== 0 && Math.fround(value) === 0 ? ' (0 in float32)' : '';
}
