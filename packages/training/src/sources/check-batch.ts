import { nearestName, show } from '@tenfold/checks';
import type { Batch } from '../batch';
import { counted } from '../counted';
import { tensorEntries } from '../tensors';

/**
 * Throws unless a batch has inputs and labels, and nothing else, which are tensors with the same number of examples.
 *
 * @param name of the function; starts errors
 * @param what name of the batch in errors
 * @param advice what else to do when a value is no tensor of examples
 * @returns the number of examples
 */
export function checkBatch(name: string, what: string, batch: unknown, advice = ''): number {
  if (typeof batch !== 'object' || batch === null || !('xs' in batch) || !('ys' in batch)) {
    throw new Error(`${name}: ${what} is ${show(batch)}; give an object { xs, ys } of tensors`);
  }
  const extra = Object.keys(batch).find((key) => key !== 'xs' && key !== 'ys');
  if (extra !== undefined) {
    const near = nearestName(extra, ['xs', 'ys']);
    throw new Error(
      `${name}: ${what} has the key ${show(extra)}; ${
        near ? `did you mean ${near}? A` : 'a'
      } batch is { xs, ys }; either may be several tensors, such as ys: { labels, weights } for a loss that takes both`,
    );
  }
  const sizes = (['xs', 'ys'] as const).flatMap((key) => {
    const value = (batch as Batch<unknown, unknown>)[key];
    const entries = tensorEntries(value);
    if (!entries) {
      throw new Error(
        `${name}: ${key} of ${what} is ${show(value)}; give a tensor, or several of them in an object or array${advice}`,
      );
    }
    return entries.map(([entry, tensor]) => {
      const label = entry === '' ? key : `${key}.${entry}`;
      if (tensor.isDisposed) {
        throw new Error(
          `${name}: ${label} of ${what} is a disposed tensor; batches are disposed after their step: make new tensors for each batch, or give an array of batches, which are kept`,
        );
      }
      if (tensor.rank === 0) {
        throw new Error(
          `${name}: ${label} of ${what} is a scalar; its first axis must be the examples${advice}`,
        );
      }
      return { label, size: tensor.shape[0]! };
    });
  });
  const [first] = sizes as [{ label: string; size: number }];
  const other = sizes.find(({ size }) => size !== first.size);
  if (other) {
    throw new Error(
      `${name}: ${first.label} of ${what} has ${counted(first.size, 'example')} but ${other.label} has ${other.size}; give the same number of both${advice}`,
    );
  }
  if (first.size === 0) {
    throw new Error(`${name}: ${what} has no examples; give batches of at least one`);
  }
  return first.size;
}
