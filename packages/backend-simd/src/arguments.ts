import type { Kernels } from './generated/kernels';
import type { Pointer } from './pointer';

export type KernelName = keyof Kernels;

/** What a wasm kernel is called with, without the units, first and last, and the scratch buffer that the pool adds. */
export type Arguments<K extends KernelName> =
  Parameters<Kernels[K]> extends [...infer Values extends number[], number, number, Pointer]
    ? Readonly<Values>
    : never;

/** The kernels that are called with the same as kernel K. */
export type KernelsLike<K extends KernelName> = {
  [Name in KernelName]: Arguments<Name> extends Arguments<K>
    ? Arguments<K> extends Arguments<Name>
      ? Name
      : never
    : never;
}[KernelName];
