import type { Kind } from './kinds';
import { show } from './show';

/**
 * Fails unless a value is of its kind; undefined passes where the kind is not required.
 *
 * @param name of the function, the start of the message
 * @param what the argument or option is called
 * @throws when the value is not of the kind
 * @example
 * assertArgument('dropout', 'rate', 1.5, fraction); // dropout: rate is 1.5; give a number in [0, 1)
 */
export function assertArgument(name: string, what: string, value: unknown, kind: Kind): void {
  if (value === undefined && !kind.required) return;
  if (kind.accepts(value)) return;
  const came = value === undefined ? 'missing' : show(value);
  throw new Error(`${name}: ${what} is ${came}${typeOf(value)}; give ${kind.expected}`);
}

/** The type of what prints like a value of another type. */
const typeOf = (value: unknown): string =>
  typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? ' (a string)' : '';
