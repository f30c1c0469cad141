export type { ArrayData, Arrays } from './arrays';
export { alternatingFlip } from './augment/alternating-flip';
export type {
  AnyPixels,
  Augmentation,
  EpochContext,
  ImageTransform,
  PixelForm,
} from './augment/augmentation';
export { type AutoAugmentOptions, autoAugment } from './augment/auto-augment';
export { type CutoutOptions, cutout } from './augment/cutout';
export { type RandomErasingOptions, randomErasing } from './augment/random-erasing';
export { type RandomFlipOptions, randomFlip } from './augment/random-flip';
export { type ReflectShiftOptions, reflectShift } from './augment/reflect-shift';
export { type TrivialAugmentOptions, trivialAugment } from './augment/trivial-augment';
export type { Batch, BatchSource, BatchTensors } from './batch-source';
export { batches, type ImageBatchOptions } from './batches';
export { cifar10 } from './catalog/cifar10/cifar10';
export { mnist } from './catalog/mnist';
export { channelStatistics } from './channel-statistics';
export type { BatchOptions } from './epoch-plan';
export type { Conversion, DatasetDeclaration, Part } from './fetching/declaration';
export { type DatasetLoader, defineDataset } from './fetching/define-dataset';
export type { LoadOptions, LoadProgress } from './fetching/load-options';
export { fromArrays, type TensorsOf } from './from-arrays';
export type { ImageDataset } from './image-dataset';
export type { ImageSet, Labels } from './image-set';
export { type MixBatchesOptions, mixBatches } from './mix-batches';
export { type ArraySet, type SplitOptions, split } from './split';
export { subset } from './subset';

export { type BlobsOptions, blobs } from './synthetic/blobs';
export { type SpiralsOptions, spirals } from './synthetic/spirals';
export { type TwoMoonsOptions, twoMoons } from './synthetic/two-moons';
export type { VectorSet } from './synthetic/vector-set';
export { vectors } from './synthetic/vectors';
