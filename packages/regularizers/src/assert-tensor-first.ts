import { object, show } from '@tenfold/checks';

const layers = new Set(['dropout', 'dropPath']);

/**
 * Throws when a function of a tensor is called with its options alone, as the layer of that name is.
 *
 * @throws the advice to use the layer, if there is one
 */
export function assertTensorFirst(name: string, x: unknown, options: unknown): void {
  if (options !== undefined || !object.accepts(x)) return;
  const layer = layers.has(name)
    ? `import { ${name} } from '@tenfold/layers'`
    : `write one with a function of the context: apply: (_, x, { training, rng }) => ${name}(x, { …, training, rng })`;
  throw new Error(
    `${name}: x is ${show(x)}; give a tensor first and then the options, or for a layer ${layer}`,
  );
}
