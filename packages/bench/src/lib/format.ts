// Number formats for all output. A number that is missing or not finite is a dash.

type Number = number | null | undefined;

export const missing = '–';

const isNumber = (value: Number): value is number => typeof value === 'number' && Number.isFinite(value);
const integers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 12,345 */
export function count(value: Number): string {
  return isNumber(value) ? integers.format(value) : missing;
}

/** '1 epoch', '12 epochs' */
export function plural(value: Number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** 0.9234 as 92.34 % */
export function percent(value: Number, digits = 2): string {
  return isNumber(value) ? `${(100 * value).toFixed(digits)} %` : missing;
}

/** The difference of two shares in percentage points, with its sign: +1.20 */
export function points(value: Number): string {
  if (!isNumber(value)) return missing;
  const text = Math.abs(100 * value).toFixed(2);
  return `${value < 0 ? '−' : '+'}${text} points`;
}

/** Three significant digits, without an exponent in the usual range: 0.0123, 4.57, 1,230 */
export function rate(value: Number): string {
  if (!isNumber(value)) return missing;
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return value.toExponential(2);
  if (size >= 100) return integers.format(value);
  return String(Number(value.toPrecision(3)));
}

/** 0.0042 as 4.2 ms, 75 as 1 min 15 s, 5000 as 1 h 23 min */
export function seconds(value: Number): string {
  if (!isNumber(value)) return missing;
  if (value < 1) return `${Number((1000 * value).toPrecision(3))} ms`;
  if (value < 59.95) return `${value.toFixed(1)} s`;
  const total = Math.round(value);
  if (total < 3600) return `${Math.floor(total / 60)} min ${total % 60} s`;
  const minutes = Math.round(total / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** 2026-01-31 14:05, in the user's time */
export function clock(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** A factor: 12.3×, 0.45×, 1/64 */
export function times(value: Number): string {
  if (!isNumber(value)) return missing;
  return value > 0 && value < 0.1 ? `1/${rate(1 / value)}` : `${rate(value)}×`;
}

/** 1.66e14 as 166 TFLOP */
export function flop(value: Number): string {
  return isNumber(value) ? `${scaled(value, ['', 'k', 'M', 'G', 'T', 'P', 'E'], 1000)}FLOP` : missing;
}

/** 5400 joules as 5.4 kJ */
export function energy(value: Number): string {
  return isNumber(value) ? `${scaled(value, ['', 'k', 'M', 'G'], 1000)}J` : missing;
}

/** 5e9 as 4.66 GiB */
export function bytes(value: Number): string {
  return isNumber(value) ? `${scaled(value, ['', 'Ki', 'Mi', 'Gi', 'Ti'], 1024)}B` : missing;
}

function scaled(value: number, prefixes: string[], base: number): string {
  let [rest, index] = [value, 0];
  while (Math.abs(rest) >= 999.5 && index < prefixes.length - 1) {
    rest /= base;
    index++;
  }
  return `${Number(rest.toPrecision(3))} ${prefixes[index]}`;
}
