import type { Layer } from '@tenfold/layers';
import type { z } from 'zod';
import type { TrainingRecipe } from '../recipes/training-recipe';

/** The images that a network is built for. */
export interface ImageTask {
  /** Height and width. */
  imageSize: number;
  /** 3 for color images, 1 for gray ones. */
  inChannels: number;
  classes: number;
  /** Whitening filters [2, 2, inChannels, 8·inChannels] of the training images, for models that need them. */
  whitening?: Float32Array;
}

/** Options of an architecture, as data. */
export type Architecture = TrainingRecipe['architecture'];

/** A model of the bench. */
export interface ModelDefinition {
  /** Its kind, in two or three words. */
  title: string;
  /** Its parts. */
  description: string;
  /** The architecture options of a recipe; options left out have the architecture's defaults. */
  schema: z.ZodObject;
  /** The full-size network of this name; a recipe with a smaller one is reported as narrowed. */
  fullSize: { [option: string]: number | number[] };
  /** Builds the network, importing its code on demand, so that listing models costs nothing. */
  build(options: object, task: ImageTask): Promise<Layer>;
  /** What has to be computed from the training images before it is built. */
  needs?: 'whitening';
  /** How `step` measures it. */
  step: {
    optimizer: 'sgd' | 'adamW';
    /** Further options of the measured network. */
    architecture?: Architecture;
    /** A description of the numbers of `--widths`, and how many there are; without `count`, one or more. */
    widths: { expected: string; count?: number };
    /** Converts these numbers to options. */
    withWidths(widths: number[]): Architecture;
  };
  /** A recipe for each profile that has the model. */
  recipes: { [profile in Profile]?: TrainingRecipe };
}

/** The scale of training. */
export const profileNames = ['quick', 'hour', 'paper'] as const;
export type Profile = (typeof profileNames)[number];

/** Defines a model whose `build` takes the options that its schema describes. */
export function defineModel<Schema extends z.ZodObject>(
  model: Omit<ModelDefinition, 'schema' | 'build'> & {
    schema: Schema;
    build(options: z.infer<Schema>, task: ImageTask): Promise<Layer>;
  },
): ModelDefinition {
  return model as ModelDefinition; // the schema was checked when the recipe was read
}
