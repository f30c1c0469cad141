import { resolve } from 'node:path';
import { type ModelName, modelNames } from '../models/models';
import { findRun, isRunFolder } from './find-run';
import { enumerate, suggestion } from './parse';
import { UsageError } from './usage-error';

/** The folder of a run, and whether a model is selected. */
export interface RunModels {
  path: string;
  has(model: unknown): boolean;
}

/**
 * The run that a command-line argument names, with all of its models or with those listed after a colon:
 * `first`, `first:cnn`, `runs/first:cnn,vit`.
 *
 * @param command named in the error
 */
export async function findModels(command: string, text: string): Promise<RunModels> {
  const colon = text.lastIndexOf(':');
  // A colon may also be part of the folder's name, or of a drive such as C:.
  if (colon < 2 || isRunFolder(resolve(text)) || /[\\/]/.test(text.slice(colon))) {
    return { path: await findRun(command, text), has: () => true };
  }
  const names = text.slice(colon + 1).split(',');
  const unknown = names.find((name) => !modelNames.includes(name as ModelName));
  if (unknown !== undefined) {
    throw new UsageError(
      `${command}: '${text}' has '${unknown}' after the colon; expected ${enumerate(modelNames)}, separated by commas.${suggestion(unknown, modelNames)}`,
    );
  }
  return {
    path: await findRun(command, text.slice(0, colon)),
    has: (model) => names.includes(model as string),
  };
}
