import type { ModelName } from '../run/types';

/** A value over the run: one that stays, a straight line, or half a cosine after a warm-up. Fractions are of all steps. */
export type ScheduleRecipe =
  | number
  | { schedule: 'linear'; from: number; to: number; overFraction?: number }
  | { schedule: 'cosine'; peak: number; warmupFraction: number; end?: number };

/** One rule and the parameters it moves, by a regular expression on their names. */
export type GroupRecipe = { match: string; learningRate: ScheduleRecipe } & (
  | { rule: 'sgd'; momentum: number; nesterov: boolean; weightDecay: number }
  | { rule: 'adamW'; beta1: number; beta2: number; weightDecay: number }
  | {
      rule: 'muon';
      momentum: number;
      newtonSchulzSteps: number;
      normalizeWeights: boolean;
      weightDecay: number;
    }
);

/** All that decides a training, as data: what a run records of itself, and what would repeat it. */
export interface Recipe {
  model: ModelName;
  /** Options of the architecture, in its own words. */
  architecture: { [option: string]: number | string | number[] };
  /** How this network is smaller than the one it stands for; null when it is not. */
  narrowed: string | null;
  epochs: number;
  batchSize: number;
  labelSmoothing: number;
  augmentation: { shift: number; flip: 'none' | 'random' | 'alternating'; cutout: number };
  optimizer: { groups: GroupRecipe[]; maxNorm: number | null };
}
