import type { Layer } from '@tenfold/layers';
import type { z } from 'zod';
import type { TrainingRecipe } from '../recipes/training-recipe';

/** The images that a network is built for. */
export interface ImageTask {
  /** Height and width. */
  imageSize: number;
  /** 3 of color images, 1 of gray ones. */
  inChannels: number;
  classes: number;
  /** Whitening filters [2, 2, inChannels, 8·inChannels] of the training images, for models that need them. */
  whitening?: Float32Array;
}

/** Options of an architecture, as data. */
export type Architecture = TrainingRecipe['architecture'];

/** All that the bench knows of a model. */
export interface ModelDefinition {
  /** What it is, in two or three words. */
  title: string;
  /** What it is made of. */
  description: string;
  /** What a recipe may say of the architecture; what it leaves out is as the architecture has it. */
  schema: z.ZodObject;
  /** The network that the name stands for: a recipe below it is reported as narrowed. */
  fullSize: { [option: string]: number | number[] };
  /** Loads the code of the network too, so that naming a model costs nothing. */
  build(options: object, task: ImageTask): Promise<Layer>;
  /** What it takes from the training images before it is built. */
  needs?: 'whitening';
  /** How `step` measures it. */
  step: {
    optimizer: 'sgd' | 'adamW';
    /** Options besides those that are asked for. */
    architecture?: Architecture;
    /** What the numbers of `--widths` are, in words, and how many; without `count`, one or more. */
    widths: { expected: string; count?: number };
    /** The options that these numbers mean. */
    withWidths(widths: number[]): Architecture;
  };
  /** One for each profile that has the model. */
  recipes: { [profile in Profile]?: TrainingRecipe };
}

/** How long and how large to train. */
export const profileNames = ['quick', 'hour', 'paper'] as const;
export type Profile = (typeof profileNames)[number];

/** A model whose `build` takes the options that its schema describes. */
export function defineModel<Schema extends z.ZodObject>(
  model: Omit<ModelDefinition, 'schema' | 'build'> & {
    schema: Schema;
    build(options: z.infer<Schema>, task: ImageTask): Promise<Layer>;
  },
): ModelDefinition {
  return model as ModelDefinition; // the options were checked against the schema when the recipe was read
}
