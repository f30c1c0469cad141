import { missing } from '../../lib/format';

/** Nested values by their paths: { a: { b: [1, 2] } } becomes 'a.b' with '1, 2'. */
export function flatten(value: Record<string, unknown>, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, entry] of Object.entries(value)) {
    const name = prefix + key;
    if (Array.isArray(entry) && entry.some((item) => item !== null && typeof item === 'object')) {
      for (const [inner, text] of flatten(Object.fromEntries(entry.entries()), `${name}.`))
        flat.set(inner, text);
    } else if (Array.isArray(entry)) flat.set(name, entry.join(', '));
    else if (entry !== null && typeof entry === 'object') {
      for (const [inner, text] of flatten(entry as Record<string, unknown>, `${name}.`))
        flat.set(inner, text);
    } else flat.set(name, entry === null ? missing : entry === '' ? "''" : String(entry));
  }
  return flat;
}
