import '@tenfold/backend-simd';
import '@tenfold/gradients';
import { mkdirSync } from 'node:fs';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { selectBackend } from '../../src/backends/select-backend';
import type { Recipe } from '../../src/models/recipe';
import { parseResults } from '../../src/results/results';
import type { RunEvent } from '../../src/results/run-events';
import { describeMachine } from '../../src/run/machine';
import { trainAll } from '../../src/run/train-all';
import { openRunFolder } from '../../src/run-folder/run-folder';
import { differences, type RunRecord, readRunRecord } from '../../src/run-folder/run-record';
import { smallRecipes } from './small-page';
import type { Files } from './visiting';

// Runs made with the command line's functions. Tests that use them replace CIFAR-10 by small data.

const newFolder = () => mkdtemp(join(tmpdir(), 'tenfold-run-'));

/** A complete run with one model; by default only the training is timed. */
export async function runInNode({ measure = false } = {}): Promise<string> {
  const folder = await newFolder();
  await tf.setBackend('simd');
  const recipes = [{ ...smallRecipes.fnn, epochs: 1 }];
  const options = { recipes, profile: 'quick' as const, seeds: [0], measure };
  const results = await trainAll(
    { ...options, outputDirectory: folder, command: 'npx @tenfold/bench' },
    () => {},
  );
  await writeFile(join(folder, 'results.json'), JSON.stringify(parseResults(results)));
  return folder;
}

/** A run as the command line leaves it after Ctrl-C in the second epoch. */
export async function stoppedInNode(): Promise<string> {
  const folder = await newFolder();
  const { name, details } = await selectBackend('simd');
  const choices = {
    profile: 'quick' as const,
    models: ['fnn' as const],
    seeds: [0],
    heldOut: 0,
    recipes: [smallRecipes.fnn],
  };
  const record: RunRecord = {
    ...choices,
    schemaVersion: 4,
    createdAt: new Date().toISOString(),
    command: 'npx @tenfold/bench',
    v8Flags: false,
    checkpointMinutes: 5,
    backend: { name: name as 'simd', details },
    dataset: { id: 'cifar10', name: 'CIFAR-10', sha256: {} },
    machine: describeMachine(),
  };
  await trainUntil(50, folder, record, { resume: false });
  return folder;
}

/** Resumes a run that the page began and presses Ctrl-C after a step; returns its folder. */
export async function resumedInNode(files: Files, stopAfter: number): Promise<string> {
  const folder = await newFolder();
  mkdirSync(join(folder, 'checkpoints'));
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  await trainUntil(stopAfter, folder, await readRunRecord(folder), { resume: true });
  return folder;
}

async function trainUntil(
  stop: number,
  folder: string,
  record: RunRecord,
  { resume }: { resume: boolean },
): Promise<void> {
  const backend = await selectBackend('simd');
  const run = await openRunFolder(folder, record, { resume });
  const surroundings = {
    backend: { name: 'simd' as const, details: backend.details },
    machine: describeMachine(),
  };
  if (resume) run.resume(differences(record, surroundings));
  const { recipes, profile, seeds, heldOut, command } = record;
  await stopped(stop, (signal, listener) =>
    trainAll(
      {
        recipes,
        profile,
        seeds,
        heldOut,
        command,
        measure: false,
        dataset: record.dataset.id,
        outputDirectory: folder,
        checkpoints: run.checkpoints,
        signal,
      },
      (event) => {
        run.log(event);
        listener(event);
      },
    ),
  );
  run.abandon('interrupted');
}

/** The losses of the first steps of a training on simd. */
export async function lossesInNode(recipe: Recipe, steps: number): Promise<number[]> {
  await tf.setBackend('simd');
  const [losses, folder] = [[] as number[], await newFolder()];
  const options = { recipes: [recipe], profile: 'hour' as const, seeds: [0], measure: false };
  await stopped(steps, (signal, listener) =>
    trainAll({ ...options, outputDirectory: folder, command: 'test', signal }, (event) => {
      if (event.type === 'step') losses.push(event.loss);
      listener(event);
    }),
  );
  return losses;
}

/** Runs a training until a step has been taken. */
async function stopped(
  stop: number,
  train: (signal: AbortSignal, listener: (event: RunEvent) => void) => Promise<unknown>,
): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  const work = train(signal, (event) => {
    if (event.type === 'step' && event.step >= stop) controller.abort(new Error('stopped'));
  });
  await work.catch((error) => expect(error).toBe(signal.reason));
}

/** The files of a run's folder, as from a file dialog. */
export async function filesIn(folder: string): Promise<string[]> {
  const names = [
    ...(await readdir(folder)),
    ...(await readdir(join(folder, 'checkpoints'))).map((name) => `checkpoints/${name}`),
  ];
  return names.filter((name) => /\.\w+$/.test(name)).map((name) => join(folder, name));
}
