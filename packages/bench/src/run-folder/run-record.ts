import { z } from 'zod';
import { backendNames } from '../backends/names';
import type { WriteFile } from '../lib/atomic-write';
import { join, readFile } from '../lib/files';
import { profileNames } from '../models/model-definition';
import { modelNames } from '../models/models';
import { recipeSchema } from '../models/recipe';
import { machineSchema, type Results } from '../results/results';

const VERSION = 3;
const FILE = 'run.json';

/** What a run is: written before it begins, never changed, and all that `--resume` goes by. */
export const runRecordSchema = z.object({
  schemaVersion: z.literal(VERSION),
  createdAt: z.iso.datetime(),
  /** Repeats the run. */
  command: z.string(),
  profile: z.enum(profileNames),
  models: z.array(z.enum(modelNames)).min(1),
  /** Each model is trained once with each. */
  seeds: z.array(z.int().min(0)).min(1),
  /** Training images that stand in for the test images. */
  heldOut: z.int().min(0).default(0),
  /** As the user gave them, in place of the profile's and the backend's own. */
  epochs: z.int().min(1).optional(),
  threads: z.int().min(1).optional(),
  /** Whether the backend may set V8's experimental flags. */
  v8Flags: z.boolean(),
  cacheDirectory: z.string().optional(),
  checkpointMinutes: z.number().min(0),
  backend: z.object({ name: z.enum(backendNames), details: z.record(z.string(), z.string()) }),
  /** One for each model, exactly as used. */
  recipes: z.array(recipeSchema),
  dataset: z.object({ name: z.string(), sha256: z.record(z.string(), z.string()) }),
  machine: machineSchema,
});
export type RunRecord = z.infer<typeof runRecordSchema>;

export const writeRunRecord = (folder: string, record: RunRecord, write: WriteFile): Promise<void> =>
  write(join(folder, FILE), `${JSON.stringify(record, null, 2)}\n`);

/**
 * Reads what the run in a folder is.
 *
 * @throws when there is none, when it cannot be understood, or when another version of the bench wrote it
 */
export async function readRunRecord(folder: string): Promise<RunRecord> {
  const path = join(folder, FILE);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) throw new Error(`${folder} holds no run: there is no ${FILE}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${path} is not JSON; the run cannot be continued, start a new one`);
  }
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (version !== VERSION) {
    throw new Error(
      `${path} has schemaVersion ${JSON.stringify(version)}, this version of @tenfold/bench continues runs of ${VERSION}; use the version that began the run, or start a new one`,
    );
  }
  const parsed = runRecordSchema.safeParse(value);
  if (!parsed.success)
    throw new Error(`${path} is not the record of a run: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

type Place = Pick<RunRecord, 'backend' | 'machine'>;

/**
 * What is not as it was and may change the last bits of a number: backend, processor, Node, versions, source. Empty when
 * the rest of a run is certain to be what it would have been.
 */
export function differences(before: Place, now: Place): string[] {
  const facts = ({ backend, machine }: Place): Record<string, string | null> => ({
    backend: backend.name,
    ...prefixed('backend ', backend.details),
    processor: machine.cpu,
    architecture: machine.arch,
    Node: machine.node,
    V8: machine.v8,
    source: machine.commit,
    ...machine.versions,
  });
  const [then, today] = [facts(before), facts(now)];
  const found = [...new Set([...Object.keys(then), ...Object.keys(today)])]
    .filter((name) => (then[name] ?? null) !== (today[name] ?? null))
    .map((name) => `${name} was ${then[name] ?? 'not known'}, is ${today[name] ?? 'not known'}`);
  if (now.machine.commit?.endsWith('+') && found.length === 0) {
    found.push(
      `source ${now.machine.commit} has changes that no commit names; they may be others than before`,
    );
  }
  return found;
}

/** Threads that the run computed on, to ask for the same again; undefined where there is nothing to ask. */
export function threadsOf({ threads, backend }: Pick<RunRecord, 'threads' | 'backend'>): number | undefined {
  if (threads !== undefined) return threads;
  if (backend.name === 'cpu' || backend.name === 'webgpu') return undefined;
  const running = Number(backend.details.threads);
  return Number.isInteger(running) && running >= 1 ? running : undefined;
}

const prefixed = (prefix: string, values: Results['backend']['details']) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, value]));
