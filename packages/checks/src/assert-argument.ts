import { isKind, type Kind } from './kind';
import { show } from './show';

/**
 * Fails unless a value is of its kind; undefined passes where the kind is not required.
 *
 * @param name of the function, the start of the message
 * @param what the argument or option is called
 * @throws when the value is not of the kind, or the other arguments are not what they should be
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
  const came = value === undefined ? 'missing' : show(value);
  throw new Error(`${name}: ${what} is ${came}${typeOf(value)}; give ${kind.expected}`);
}

/** The type of what prints like a value of another type. */
const typeOf = (value: unknown): string =>
  typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? ' (a string)' : '';
