import type { Inference, ModelResult, Picture } from '../results/results';
import type { Measured } from './measure/training-meter';
import type { Outcome } from './outcome';

/** One epoch of a training. */
export interface EpochRecord {
  /** From 1. */
  epoch: number;
  /** Of training so far, without evaluation. */
  seconds: number;
  trainLoss: number;
  trainAccuracy: number;
  testLoss: number;
  testAccuracy: number;
  learningRate: number;
  /** Executed by training until here. */
  flops: number | null;
  /** Used by training until here. */
  joules: number | null;
}

/** What a training of one model found. */
export interface ModelRun {
  parameters: number;
  forwardFlopsPerImage: number;
  steps: number;
  trainSeconds: number;
  imagesPerSecond: number;
  peakMemoryBytes: number;
  history: EpochRecord[];
  /** Of the training. */
  measured: Measured;
  /** How its energy was measured, or why it was not. */
  energyReason: string;
  /** Of the trained model; empty when it has no numbers. */
  inference: Inference[];
  pictures: Picture[];
  /** Why the training ended early: the loss was no longer a finite number. Null when it ran to its end. */
  diverged: string | null;
  /** Of the last finished epoch on the test images; null without one, and when its scores were not numbers. */
  outcome: Outcome | null;
  /** Of the averages over several views of each test image; null where the recipe wants none. */
  views: ModelResult['views'];
}

/** What is found of the trained model, after the last epoch. */
export type Findings = Pick<ModelRun, 'views' | 'inference' | 'pictures'>;

/** Of a training that did not get to its end. */
export const noFindings: Findings = { views: null, inference: [], pictures: [] };
