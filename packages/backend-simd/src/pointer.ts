/** An address in wasm memory, in bytes. The type distinguishes it from sizes and strides. */
export type Pointer = number & { readonly [address]: true };
declare const address: unique symbol;

/** The address of a missing operand. */
export const NULL = 0 as Pointer;

/** Advances an address by a number of bytes; {@link NULL} does not change. */
export const advance = (pointer: Pointer, bytes: number): Pointer =>
  (pointer === NULL ? NULL : pointer + bytes) as Pointer;
