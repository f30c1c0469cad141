import { expectClose } from '@tenfold/testing';
import { expect, it } from 'vitest';
import { smallImages } from '../test/small-images';
import { channelStatistics } from './channel-statistics';

it('agrees with the definition', async () => {
  const set = smallImages({ count: 7 });
  const { mean, standardDeviation } = channelStatistics(set);
  for (let c = 0; c < 3; c++) {
    const values = [...set.images].filter((_, i) => i % 3 === c).map((byte) => byte / 255);
    const expected = values.reduce((sum, v) => sum + v, 0) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - expected) ** 2, 0) / values.length;
    await expectClose([mean[c]!, standardDeviation[c]!], [expected, Math.sqrt(variance)], {
      absolute: 1e-12,
      relative: 1e-12,
    });
  }
});

it('rejects an empty set', () => {
  expect(() => channelStatistics(smallImages({ count: 0 }))).toThrow(
    /^channelStatistics: the image set is empty/,
  );
});
