import type { DatasetName } from '../data/datasets';
import type { Profile } from '../models/model-definition';
import type { Recipe } from '../models/recipe';
import type { Checkpoints } from '../run-folder/checkpoints';

/** The options of a run. */
export interface RunOptions {
  /** The dataset, such as 'mnist'; CIFAR-10 by default. */
  dataset?: DatasetName;
  /** What is trained: one recipe for each model, in order, as `planRun` looks them up. */
  recipes: Recipe[];
  /** The profile that the recipes are of, such as 'quick', for the results. */
  profile: Profile;
  /** The command that repeats the run, for the results. */
  command: string;
  /** Each model is trained once with each seed. */
  seeds: number[];
  /** How many training images to hold out and evaluate instead of the test images. Default 0. */
  heldOut?: number;
  /** The folder of the run; it does not exist yet or is empty. */
  outputDirectory: string;
  /** The dataset cache; the user's cache folder by default. */
  cacheDirectory?: string;
  /** The checkpoints of the trainings; in the output directory by default. */
  checkpoints?: Checkpoints;
  /**
   * Whether to forecast the run and to time the backend's peak and the predictions of trained models. Default true. It does
   * not affect the training.
   */
  measure?: boolean;
  /** Stops the run. */
  signal?: AbortSignal;
}
