/** The six parts in which CIFAR-10 is published, five to train and one to test, in order. */
export const batchNames = [
  'data_batch_1',
  'data_batch_2',
  'data_batch_3',
  'data_batch_4',
  'data_batch_5',
  'test_batch',
] as const;
export type BatchName = (typeof batchNames)[number];

export const side = 32;
export const planeSize = side * side;
export const imageSize = 3 * planeSize;
/** One label byte, then the red, the green and the blue plane. */
export const recordSize = 1 + imageSize;

/** A file of a dataset as its authors publish it. */
export interface Part {
  readonly file: string;
  readonly bytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

/** How large the parts are and which bytes they must be: always {@link published}, but for tests with small parts. */
export interface Format {
  readonly imagesPerBatch: number;
  /** sha256 of each part's records. */
  readonly digests: Readonly<Record<BatchName, string>>;
}

const digests: Readonly<Record<BatchName, string>> = {
  data_batch_1: 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5',
  data_batch_2: 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed',
  data_batch_3: 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67',
  data_batch_4: '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48',
  data_batch_5: '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add',
  test_batch: '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b',
};

/** CIFAR-10 as its authors publish it. */
export const published: Format = { imagesPerBatch: 10_000, digests };

/** The parts of CIFAR-10; everything that is loaded has been compared with their digests. */
export const cifar10Parts: readonly Part[] = batchNames.map((batch) => ({
  file: `${batch}.bin`,
  bytes: published.imagesPerBatch * recordSize,
  sha256: digests[batch],
}));

/** The part that a file of either published form belongs to, or null: `cifar-10-batches-bin/test_batch.bin` is test_batch. */
export function batchOfFile(path: string): { batch: BatchName; form: 'bin' | 'png' } | null {
  const match = /(?:^|\/)(data_batch_[1-5]|test_batch)\.(bin|png)$/.exec(path);
  return match && { batch: match[1] as BatchName, form: match[2] as 'bin' | 'png' };
}
