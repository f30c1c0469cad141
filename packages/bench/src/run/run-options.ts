import type { DatasetName } from '../data/datasets';
import type { Profile } from '../models/model-definition';
import type { Recipe } from '../models/recipe';
import type { Checkpoints } from '../run-folder/checkpoints';

/** What a comparison is asked to do. */
export interface RunOptions {
  /** The data, such as 'mnist'; CIFAR-10 by default. */
  dataset?: DatasetName;
  /** What is trained: one recipe for each model, in order, as `planRun` looks them up. */
  recipes: Recipe[];
  /** The profile that the recipes are of, such as 'quick', for the results. */
  profile: Profile;
  /** The command that repeats the run, for the results. */
  command: string;
  /** Each model is trained once with each. */
  seeds: number[];
  /** Training images that are kept from training and stand in for the test images. Default 0. */
  heldOut?: number;
  /** Folder of the run; it does not exist yet or is empty. */
  outputDirectory: string;
  /** The folder of datasets; the user's cache folder by default. */
  cacheDirectory?: string;
  /** Where the trainings keep what they need to go on; in the output directory by default. */
  checkpoints?: Checkpoints;
  /**
   * Whether more is timed than the training: a forecast before it, the backend's peak, and predictions of the trained model.
   * Default true. The training is the same without.
   */
  measure?: boolean;
  /** Stops the run. */
  signal?: AbortSignal;
}
