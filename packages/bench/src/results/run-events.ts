/** The forecast of a training, or of the rest of it. */
export interface Forecast {
  /** Remaining epochs, with fractions. */
  epochs: number;
  /** Executed by the training steps. */
  flops: number;
  trainSeconds: number;
  /** Evaluation after every epoch, and at the end of each view. */
  evaluationSeconds: number;
}

/** The test images, or held-out training images. */
export type EvaluatedImages = 'test' | 'held-out';

/** An event of a run. Its listeners are the terminal's status line, the plain log and the step log. */
export type RunEvent =
  | { type: 'stage'; message: string }
  | {
      type: 'download';
      /** The dataset's title, such as 'CIFAR-10'. */
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
      /** Its index among the trainings of the run, each model with each seed. */
      modelIndex: number;
      modelCount: number;
    }
  | {
      type: 'forecast';
      /** The rest of each unfinished training, in training order. */
      trainings: (Forecast & { model: string; seed: number; doneAt: string })[];
    }
  | StepEvent
  | { type: 'evaluate'; model: string; done: number; total: number }
  | {
      type: 'epoch';
      model: string;
      seed: number;
      /** The images of test loss and test accuracy. */
      images: EvaluatedImages;
      epoch: number;
      epochs: number;
      trainLoss: number;
      trainAccuracy: number;
      testLoss: number;
      testAccuracy: number;
      /** Training time so far. */
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
      /** The forecast of trainSeconds from before the run; null without one. */
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
  /** On the augmented training images of this step, in [0, 1]. */
  accuracy: number;
  learningRate: number;
  /** Norm of all gradients together, before clipping; null at steps where it is not measured. */
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
