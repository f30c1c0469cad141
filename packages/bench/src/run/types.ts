import type { Override } from '../recipes/overrides';
import type { Recipe } from '../recipes/recipe';
import type { Checkpoints } from '../run-folder/checkpoints';
import type { Forecast } from './measure/forecast';

/** The models of the comparison. */
export const modelNames = ['cnn', 'fnn', 'rnn', 'vit', 'vit-hybrid'] as const;
export type ModelName = (typeof modelNames)[number];

/** What a comparison is asked to do; everything has been checked before it gets here. */
export interface CompareOptions {
  profile: string;
  models: ModelName[];
  backend: string;
  /** Each model is trained once with each. */
  seeds: number[];
  /** Training images that are kept from training and stand in for the test images. Default 0. */
  heldOut?: number;
  /** In place of each recipe's number of epochs. */
  epochs?: number;
  /** What else the recipes have otherwise than the profile's. */
  overrides?: Override[];
  /** Folder of the run; it does not exist yet or is empty. */
  outputDirectory: string;
  cacheDirectory?: string;
  /** One for each model, in place of the profile's: a run that is resumed goes by those that it began with. */
  recipes?: Recipe[];
  /** Where the trainings keep what they need to go on; in the output directory by default. */
  checkpoints?: Checkpoints;
  signal?: AbortSignal;
}

/** The test images, or training images that were kept from training. */
export type EvaluatedImages = 'test' | 'held-out';

/** What a listener hears while a comparison runs: the terminal's bar, the plain log and the step log are listeners. */
export type RunEvent =
  | { type: 'stage'; message: string }
  | {
      type: 'download';
      receivedBytes: number;
      totalBytes: number | null;
      bytesPerSecond: number;
      secondsLeft: number | null;
    }
  | {
      type: 'modelStart';
      model: ModelName;
      seed: number;
      description: string;
      parameters: number;
      forwardFlopsPerImage: number;
      batchSize: number;
      epochs: number;
      totalSteps: number;
      /** Of the trainings of the run: each model with each seed. */
      modelIndex: number;
      modelCount: number;
    }
  | {
      type: 'forecast';
      /** What is left of each that is not finished, in the order in which they will be made. */
      trainings: (Forecast & { model: ModelName; seed: number; doneAt: string })[];
    }
  | StepEvent
  | { type: 'evaluate'; model: ModelName; done: number; total: number }
  | {
      type: 'epoch';
      model: ModelName;
      seed: number;
      /** What the test figures are of. */
      images: EvaluatedImages;
      epoch: number;
      epochs: number;
      trainLoss: number;
      trainAccuracy: number;
      testLoss: number;
      testAccuracy: number;
      /** Of training until here. */
      seconds: number;
      /** Executed by training until here. */
      flops: number | null;
      imagesPerSecond: number;
    }
  | {
      type: 'modelEnd';
      model: ModelName;
      seed: number;
      images: EvaluatedImages;
      testAccuracy: number;
      trainSeconds: number;
      /** What the run expected of trainSeconds before it began; null when it did not say. */
      forecastSeconds: number | null;
      imagesPerSecond: number;
    };

export interface StepEvent {
  type: 'step';
  model: ModelName;
  seed: number;
  /** From 1. */
  epoch: number;
  epochs: number;
  /** From 1, over the whole training of this model. */
  step: number;
  totalSteps: number;
  loss: number;
  /** Of the training images of this step, with augmentation, in [0, 1]. */
  accuracy: number;
  learningRate: number;
  /** Of all gradients together, before clipping; null at steps where it is not measured. */
  gradientNorm: number | null;
  imagesPerSecond: number;
  /** Executed by recent steps. */
  gflopsPerSecond: number;
  /** Until the end of this model's training. */
  secondsLeft: number;
  /** Part of the time spent waiting for the input pipeline, in [0, 1]. */
  dataWait: number;
}

export type RunListener = (event: RunEvent) => void;
