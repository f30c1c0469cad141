/**
 * A number with its noun, such as '1 batch' and '2 batches'.
 *
 * @param plural by default the noun with an s
 */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`;
