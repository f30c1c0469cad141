import type { DatasetName } from '../data/datasets';
import type { Profile } from '../models/model-definition';
import type { ModelName } from '../models/models';
import type { Override } from '../models/overrides';
import type { Recipe } from '../models/recipe';
import type { Checkpoints } from '../run-folder/checkpoints';

/** What a comparison is asked to do. */
export interface RunOptions {
  /** The data, such as 'mnist'; CIFAR-10 by default. */
  dataset?: DatasetName;
  /** The recipes, such as 'quick'. */
  profile: Profile;
  /** The models to train, in order. */
  models: ModelName[];
  /** The tfjs backend, such as 'simd'. */
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
  /** The folder of datasets; the user's cache folder by default. */
  cacheDirectory?: string;
  /** One for each model, in place of the profile's: a run that is resumed goes by those that it began with. */
  recipes?: Recipe[];
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
