/** An address in wasm memory, in bytes: a number that the compiler does not mix up with sizes and strides. */
export type Pointer = number & { readonly [address]: true };
declare const address: unique symbol;

/** What a kernel takes for an operand that is left out. */
export const NULL = 0 as Pointer;

/** The address `bytes` further on; {@link NULL} stays what it is. */
export const advance = (pointer: Pointer, bytes: number): Pointer =>
  (pointer === NULL ? NULL : pointer + bytes) as Pointer;
