import { expect, it } from 'vitest';
import { batchOfFile, published } from './format';

it('has the published digests', () => {
  // The first and last digits of what sha256sum says of the authors' files.
  expect(
    Object.entries(published.digests).map(([name, hex]) => [
      name,
      hex.slice(0, 8),
      hex.slice(-4),
      hex.length,
    ]),
  ).toEqual([
    ['data_batch_1', 'cee91656', 'ada5', 64],
    ['data_batch_2', 'a591ca11', '57ed', 64],
    ['data_batch_3', 'bbe85965', '6f67', 64],
    ['data_batch_4', '014e562d', '4e48', 64],
    ['data_batch_5', '755304fc', '9add', 64],
    ['test_batch', '8e2eb146', 'f65b', 64],
  ]);
});

it.each([
  ['cifar-10-batches-bin/data_batch_1.bin', { batch: 'data_batch_1', form: 'bin' }],
  ['package/test_batch.png', { batch: 'test_batch', form: 'png' }],
  ['test_batch.bin', { batch: 'test_batch', form: 'bin' }],
  ['data_batch_6.bin', null],
  ['package/my_test_batch.bin', null],
  ['data_batch_1.png.txt', null],
])('knows which part %s is', (path, expected) => {
  expect(batchOfFile(path)).toEqual(expected);
});
