/** What a training will take, or what is left of it. */
export interface Forecast {
  /** Left; a part of one counts as a part. */
  epochs: number;
  /** Executed by the training steps. */
  flops: number;
  trainSeconds: number;
  /** Of the test images, after every epoch and once more for each of their views. */
  evaluationSeconds: number;
}

/** The test images, or training images that were kept from training. */
export type EvaluatedImages = 'test' | 'held-out';

/** What a listener hears while a comparison runs: the terminal's bar, the plain log and the step log are listeners. */
export type RunEvent =
  | { type: 'stage'; message: string }
  | {
      type: 'download';
      /** What people call it. */
      dataset: string;
      receivedBytes: number;
      totalBytes: number | null;
      bytesPerSecond: number;
      secondsLeft: number | null;
    }
  | {
      type: 'modelStart';
      model: string;
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
      trainings: (Forecast & { model: string; seed: number; doneAt: string })[];
    }
  | StepEvent
  | { type: 'evaluate'; model: string; done: number; total: number }
  | {
      type: 'epoch';
      model: string;
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
      model: string;
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
  model: string;
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
