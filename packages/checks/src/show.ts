const LONGEST = 40;

/**
 * Formats a value for an error message: strings in quotes, short arrays in full, other objects by type.
 *
 * @example
 * show('0.5'); // "0.5"
 * show([1, 2]); // [1, 2]
 * show(new Float32Array(1000)); // a Float32Array of 1000
 */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(short(value));
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'symbol') return value.toString();
  if (typeof value === 'function') {
    const kind = isClass(value) ? 'class' : 'function';
    return value.name ? `the ${kind} ${value.name}` : `a ${kind}`;
  }
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
  if (Array.isArray(value)) return list(value);
  return thing(value);
}

/** Whether a function can only be called with `new`. Arrow functions and methods have no prototype and need no closer look. */
export const isClass = (value: object): boolean =>
  'prototype' in value && /^class\b/.test(Function.prototype.toString.call(value));

/** Whether the prototype of an object is null or the `Object.prototype` of any realm. */
export function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: object | null = Object.getPrototypeOf(value);
  return (
    prototype === null ||
    prototype === Object.prototype ||
    // In another realm: only Object.prototype has both no prototype and this method.
    (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf'))
  );
}

const short = (value: string): string => (value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);

function list(values: unknown[]): string {
  const simple = values.length <= 8 && values.every((v) => typeof v !== 'object' || v === null);
  return simple ? `[${values.map(show).join(', ')}]` : `an array of ${values.length}`;
}

function thing(value: object): string {
  // Properties are read without `instanceof`, so that tensors can be shown without a dependency on tfjs.
  const { shape, dtype, isDisposed, length } = value as {
    shape?: unknown;
    dtype?: unknown;
    isDisposed?: unknown;
    length?: unknown;
  };
  if (Array.isArray(shape) && typeof dtype === 'string') {
    return `${isDisposed === true ? 'a disposed tensor' : 'a tensor'} ${dtype} [${shape}]`;
  }
  if (value instanceof RegExp) return short(String(value));
  const name = className(value);
  const named = `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`;
  if (ArrayBuffer.isView(value) && typeof length === 'number') return `${named} of ${length}`;
  if (name !== 'Object') return named;
  const keys = Object.keys(value);
  const content = keys.length === 0 ? '' : ` with ${short(keys.join(', '))}`;
  if (!isPlain(value)) return `an object${content} that inherits from another one`;
  return content === '' ? 'an empty object' : `an object${content}`;
}

const className = (value: object): string => {
  const maker = (value as { constructor?: unknown }).constructor;
  return typeof maker === 'function' && maker.name ? maker.name : 'Object';
};
