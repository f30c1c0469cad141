/** Bundles a program of src/programs; returns the path of the bundle. */
export function bundle(name: string): Promise<string>;
