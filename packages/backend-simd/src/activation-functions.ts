import functions from './generated/activation-functions';

/** An activation function that the wasm kernels were built with. */
export type ActivationName = keyof typeof functions;

/** The activation functions of the wasm kernels, and whether their gradient takes the argument x or the value y. */
export const savedBy: { readonly [name in ActivationName]: 'x' | 'y' } = functions;

/** Their names; the place of one in this list, from 1, is its number in assembly/. */
export const activationNames = Object.keys(functions) as ActivationName[];

/** @throws when the kernel has no activation function of that name. */
export function parseFunction(kernelName: string, name: unknown): ActivationName {
  if (activationNames.includes(name as ActivationName)) return name as ActivationName;
  throw new Error(`${kernelName}: function is '${name}'; expected '${activationNames.join("', '")}'`);
}

/** The number of an activation function for the kernels of batch normalization; 0 for none. */
export const functionCode = (name: ActivationName): number => activationNames.indexOf(name) + 1;
