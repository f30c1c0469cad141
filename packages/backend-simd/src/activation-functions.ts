import functions from './generated/activation-functions';

/** The name of an activation function of the wasm kernels. */
export type ActivationName = keyof typeof functions;

/** The activation functions of the wasm kernels, and whether their gradients take the argument x or the value y. */
export const savedBy: { readonly [name in ActivationName]: 'x' | 'y' } = functions;

/** Their names. The position in this list, counted from 1, is the number in assembly/. */
export const activationNames = Object.keys(functions) as ActivationName[];

/** @throws when the kernel does not have this activation function. */
export function parseFunction(kernelName: string, name: unknown): ActivationName {
  if (activationNames.includes(name as ActivationName)) return name as ActivationName;
  throw new Error(`${kernelName}: function is '${name}'; expected '${activationNames.join("', '")}'`);
}

/** The number of an activation function for the kernels of batch normalization; 0 for none. */
export const functionCode = (name: ActivationName): number => activationNames.indexOf(name) + 1;
