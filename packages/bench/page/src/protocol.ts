import type { BrowserBackend } from '../../src/backends/select-backend.browser';
import type { DatasetName } from '../../src/data/datasets';
import type { Profile } from '../../src/models/model-definition';
import type { ModelName } from '../../src/models/models';
import type { ModelResult, Results } from '../../src/results/results';
import type { RunEvent } from '../../src/results/run-events';
import type { Training } from '../../src/results/training';
import type { Outcome } from '../../src/run/outcome';

/** The settings of a new run. */
export interface Choice {
  dataset: DatasetName;
  profile: Profile;
  models: ModelName[];
  backend: BrowserBackend;
  /** Each model is trained once with each seed. */
  seeds: number[];
  /** Replaces each recipe's number of epochs. */
  epochs?: number;
  /** Whether more is timed than the training; true by default. */
  measure?: boolean;
}

/** Descriptions of the models and of each profile's recipes. */
export interface ModelTexts {
  titles: { [model: string]: string };
  profiles: { [profile: string]: { [model: string]: { epochs: number; text: string } } };
}

/** A run in this browser's storage. */
export interface RunSummary {
  name: string;
  createdAt: string;
  /** What people call it. */
  dataset: string;
  profile: string;
  models: string[];
  backend: string;
  state: 'finished' | 'begun';
  /** Whether this browser can resume it. */
  resumable: boolean;
  /** Its progress as text. */
  progress: string;
}

/** A dataset that the page can train on. */
export interface DatasetState {
  name: DatasetName;
  /** What people call it. */
  title: string;
  /** Whether this browser keeps at least a part of it. */
  kept: boolean;
}

/** Whether a backend works in this browser. */
export type BackendState =
  | { works: true; details: string; slow: boolean }
  | { works: false; why: string; advice: string };

export interface Environment {
  isolated: boolean;
  webgpu: BackendState;
  threads: number;
  datasets: DatasetState[];
  storage: { usedBytes: number; freeBytes: number | null };
  /** Why the page cannot work here at all. */
  obstacle: string | null;
}

/** Test images with a model's predictions. */
export interface Samples {
  model: string;
  seed: number;
  epoch: number;
  /** The dataset's title. */
  dataset: string;
  classNames: readonly string[];
  /** Height, width, channels of each image. */
  shape: [number, number, number];
  items: { image: number; label: number; pixels: Uint8Array; probabilities: number[] }[];
}

/** A line of the step log, as the charts need it. */
export interface StepPoint extends Training {
  step: number;
  totalSteps: number;
  epochs: number;
  loss: number;
  accuracy: number;
  imagesPerSecond: number;
  gflopsPerSecond: number;
  secondsLeft: number;
}
export interface EpochPoint extends Training {
  epoch: number;
  epochs: number;
  testAccuracy: number;
  testLoss: number;
  /** Training time so far. */
  seconds: number;
  /** Executed by training so far. */
  flops: number | null;
}
export interface StartPoint extends Training {
  epochs: number;
  forwardFlopsPerImage: number;
  /** Missing in logs of older versions. */
  batchSize?: number;
}

/** A run for display, finished or not. */
export interface OpenedRun {
  summary: RunSummary;
  results: Results | null;
  finished: ModelResult[];
  starts: StartPoint[];
  steps: StepPoint[];
  epochs: EpochPoint[];
  /** Trainings whose parameters are stored, so that they can predict images. */
  predictors: Training[];
}

/** The worker's events. */
export type WorkerEvent =
  | RunEvent
  | { type: 'begun'; run: string; backend: Results['backend']; threads: number }
  | { type: 'outcome'; training: Training; epoch: number; outcome: Outcome; classNames: readonly string[] }
  | { type: 'samples'; samples: Samples }
  | { type: 'modelResult'; result: ModelResult }
  | { type: 'checkpoint'; training: Training; step: number }
  | { type: 'warning'; message: string };

/** The worker's functions; each call has one answer. */
export interface Calls {
  inspect(): Promise<Environment>;
  models(): Promise<ModelTexts>;
  list(): Promise<RunSummary[]>;
  start(choice: Choice): Promise<{ run: string; state: 'finished' | 'paused' }>;
  resume(
    run: string,
    options?: Pick<Choice, 'measure'>,
  ): Promise<{ run: string; state: 'finished' | 'paused' }>;
  pause(): Promise<void>;
  checkpoint(): Promise<void>;
  open(run: string): Promise<OpenedRun>;
  samples(run: string, training: Training, images: number[]): Promise<Samples>;
  files(run: string): Promise<{ name: string; bytes: Uint8Array }[]>;
  keep(files: { name: string; bytes: Uint8Array }[]): Promise<string>;
  remove(run: string): Promise<void>;
  removeData(): Promise<void>;
}

export type CallName = keyof Calls;
export interface Request {
  id: number;
  call: CallName;
  args: unknown[];
}
export type Reply =
  | { id: number; value: unknown }
  | { id: number; error: { message: string; advice?: string } }
  | { event: WorkerEvent };
