import type { Kernels } from './generated/kernels';
import type { Pointer } from './pointer';

export type KernelName = keyof Kernels;

/** The arguments of a wasm kernel, without `first`, `last` and the scratch buffer, which the pool adds. */
export type Arguments<K extends KernelName> =
  Parameters<Kernels[K]> extends [...infer Values extends number[], number, number, Pointer]
    ? Readonly<Values>
    : never;

/** The kernels with the same arguments as kernel K. */
export type KernelsLike<K extends KernelName> = {
  [Name in KernelName]: Arguments<Name> extends Arguments<K>
    ? Arguments<K> extends Arguments<Name>
      ? Name
      : never
    : never;
}[KernelName];
