import { join, resolve } from 'node:path';
import pc from 'picocolors';
import { type BackendName, backendDescriptions } from '../backends/names';
import { BackendUnavailable } from '../backends/unavailable';
import type { ModelName } from '../run/types';
import { openRunFolder } from '../run-folder';
import { renderText } from '../table';
import { paperTables } from '../tables';
import { createProgress } from '../terminal/progress';
import { commandOf } from './command-of';
import type { Dependencies, Streams } from './dependencies';
import { checkEmpty, checkWritable } from './folders';
import { onInterruption } from './interruption';
import { enumerate, suggestion } from './parse';
import { UsageError } from './usage-error';

export interface CompareFlags {
  profile: string;
  models: ModelName[];
  backend?: BackendName;
  seed: number;
  epochs?: number;
  threads?: number;
  out?: string;
  cache?: string;
}

/** Trains the models, writes the run's folder and prints the tables. */
export async function compareCommand(
  flags: CompareFlags,
  deps: Dependencies,
  streams: Streams,
): Promise<number> {
  const { profile, models, seed, epochs, threads, out, cache } = flags;
  const profiles = await deps.profiles();
  if (!profiles.includes(profile)) {
    const expected = `expected ${enumerate(profiles)}.${suggestion(profile, profiles)}`;
    throw new UsageError(`--profile is '${profile}'; ${expected}`);
  }
  if (out) await checkEmpty('--out', out);
  await checkWritable(out ? '--out' : 'run folder', out ?? 'runs');
  await checkWritable(cache ? '--cache' : 'cache folder', await deps.cacheFolder(cache));

  const progress = createProgress(streams);
  const backend = await chooseBackend(flags, deps, progress.say);
  const choices = { profile, models, backend: backend.name, seed, epochs, threads };
  const path = resolve(out ?? join('runs', `${timestamp()}-${profile}-${backend.name}`));
  const command = commandOf(choices);
  const folder = await openRunFolder(path, { ...choices, command });
  const interruption = onInterruption(progress.say, () => folder.abandon('interrupted'));
  try {
    const { signal } = interruption;
    const found = await deps.compare(
      {
        profile,
        models,
        backend: backend.name,
        seed,
        epochs,
        outputDirectory: path,
        cacheDirectory: cache,
        signal,
        command,
      },
      (event) => {
        folder.log(event);
        progress.listener(event);
      },
    );
    const results = { ...found, backend };
    progress.close();
    const files = await folder.finish(results);
    for (const table of paperTables(results)) streams.out.write(`\n${renderText(table)}\n`);
    streams.out.write(`\nReport: ${files.html}\n`);
    return 0;
  } catch (error) {
    progress.close();
    const code = interruption.exitCode();
    const kept = folder.abandon(code === undefined ? String(error) : 'interrupted');
    progress.say(kept ? `the log of what was trained is in ${path}` : 'nothing was kept');
    if (code === undefined) throw error;
    return code;
  } finally {
    interruption.dispose();
  }
}

/** Activates the backend and says which, and why not a better one. */
export async function chooseBackend(
  { backend, threads }: { backend?: BackendName; threads?: number },
  deps: Dependencies,
  say: (message: string) => void,
): Promise<{ name: string; details: Record<string, string> }> {
  if (threads !== undefined && (backend === 'cpu' || backend === 'webgpu')) {
    throw new UsageError(
      `--threads is ${threads}, but the ${backend} backend has no threads to set; leave it out`,
    );
  }
  try {
    const chosen = await deps.selectBackend(backend, {
      threads,
      onCheck(check) {
        const matters = !check.works && check.reason !== 'not installed' && backend === undefined;
        if (matters) say(`${check.name} does not train here: ${check.why} (tenfold-bench doctor says more)`);
      },
    });
    const details = Object.entries(chosen.details).map(([key, value]) => `${key} ${value}`);
    const what = backendDescriptions[chosen.name as BackendName] ?? '';
    say(`${pc.bold(chosen.name)}: ${[what, ...details].filter(Boolean).join(', ')}`);
    return chosen;
  } catch (error) {
    if (!(error instanceof BackendUnavailable)) throw error;
    const option = backend ? `--backend is '${backend}'; ` : '';
    throw new UsageError(`${option}${error.message}. What to do: ${error.advice}`, { cause: error });
  }
}

/** 2026-01-31-14-05-09 in the user's time. */
function timestamp(now = new Date()): string {
  const parts = [now.getMonth() + 1, now.getDate(), now.getHours(), now.getMinutes(), now.getSeconds()];
  return [now.getFullYear(), ...parts.map((part) => String(part).padStart(2, '0'))].join('-');
}
