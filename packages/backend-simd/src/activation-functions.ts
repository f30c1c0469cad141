import { elementwise, fused } from './generated/activation-functions';

/** The name of an activation function that kernels such as batch normalization fuse. */
export type FusedName = keyof typeof fused;
/** The name of an activation function of the elementwise kernels. */
export type ActivationName = FusedName | keyof typeof elementwise;

/** The activation functions of the wasm kernels, and whether their gradients take the argument x or the value y. */
export const savedBy: { readonly [name in ActivationName]: 'x' | 'y' } = {
  ...fused,
  ...elementwise,
};

/** Their names. */
export const activationNames = Object.keys(savedBy) as ActivationName[];

/** The names of those that are fused. The position in this list, counted from 1, is the number in assembly/. */
export const fusedNames = Object.keys(fused) as FusedName[];

/** @throws when the kernel does not have this activation function. */
export function parseFunction<Name extends ActivationName>(
  kernelName: string,
  name: unknown,
  names: readonly Name[],
): Name {
  if (names.includes(name as Name)) return name as Name;
  throw new Error(`${kernelName}: function is '${name}'; expected '${names.join("', '")}'`);
}

/** The number of an activation function for the kernels of batch normalization; 0 for none. */
export const functionCode = (name: FusedName): number => fusedNames.indexOf(name) + 1;
