import { z } from 'zod';
import { backendNames } from '../backends/names';
import { datasetNames, defaultDataset } from '../data/datasets';
import { digest } from '../lib/digest';
import { isMissing, join, readFile, type WriteFile } from '../lib/files';
import { isDeeperThan } from '../lib/nesting';
import { profileNames } from '../models/model-definition';
import { modelNames } from '../models/models';
import { recipeSchema } from '../models/recipe';
import { machineSchema, type Results } from '../results/results';

const VERSION = 4;
const FILE = 'run.json';
/** More levels of lists and objects than a record has. */
const DEEPEST = 16;

/** The description of a run: written before it begins, never changed, and everything that `--resume` relies on. */
const runRecordSchema = z
  .object({
    schemaVersion: z.literal(VERSION),
    createdAt: z.iso.datetime(),
    /** Repeats the run. */
    command: z.string(),
    profile: z.enum(profileNames),
    models: z.array(z.enum(modelNames)).min(1),
    /** Each model is trained once with each seed. */
    seeds: z.array(z.int().min(0)).min(1),
    /** The number of training images that are held out and evaluated instead of the test images. */
    heldOut: z.int().min(0).default(0),
    /** The user's values, which replace those of the profile and the backend. */
    epochs: z.int().min(1).optional(),
    threads: z.int().min(1).optional(),
    /** Whether the backend may set V8's experimental flags. */
    v8Flags: z.boolean(),
    cacheDirectory: z.string().optional(),
    checkpointMinutes: z.number().min(0),
    backend: z.object({ name: z.enum(backendNames), details: z.record(z.string(), z.string()) }),
    /** One per model, in the order of the models, exactly as used. */
    recipes: z.array(recipeSchema),
    dataset: z.object({
      id: z.enum(datasetNames).default(defaultDataset),
      name: z.string(),
      sha256: z.record(z.string(), z.string()),
    }),
    machine: machineSchema,
  })
  .superRefine(({ models, recipes }, context) => {
    const found = recipes.map(({ model }) => model);
    if (found.join() === models.join()) return;
    const message = `expected one recipe per model, in this order: ${models.join(', ')}; found ${found.join(', ') || 'none'}`;
    context.addIssue({ code: 'custom', path: ['recipes'], message, input: recipes });
  });
export type RunRecord = z.infer<typeof runRecordSchema>;

/** Writes the record with its digest, since every number of a resumed run depends on it. */
export async function writeRunRecord(folder: string, record: RunRecord, write: WriteFile): Promise<void> {
  const { schemaVersion, ...rest } = record;
  const sha256 = await digest(JSON.stringify({ schemaVersion, ...rest }));
  await write(join(folder, FILE), `${JSON.stringify({ schemaVersion, sha256, ...rest }, null, 2)}\n`);
}

/**
 * Reads the record of the run in a folder.
 *
 * @throws when there is none, or when it is invalid, modified or written by another version of the bench
 */
export async function readRunRecord(folder: string): Promise<RunRecord> {
  const path = join(folder, FILE);
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new Error(
      isMissing(error)
        ? `${folder} has no run: there is no ${FILE}`
        : `${path} cannot be read (${error.message}), so the run cannot be resumed; start a new one`,
    );
  });
  return parseRunRecord(text, path);
}

/**
 * Parses the content of a `run.json`.
 *
 * @param path named in errors
 * @throws as {@link readRunRecord} does
 */
export async function parseRunRecord(text: string, path: string): Promise<RunRecord> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${path} is not JSON, so the run cannot be resumed; start a new one`);
  }
  if (isDeeperThan(value, DEEPEST))
    throw new Error(`${path} is not the record of a run: it is nested too deep`);
  const { sha256, ...record } = (value ?? {}) as { [key: string]: unknown };
  const { schemaVersion } = record;
  if (schemaVersion !== VERSION) {
    throw new Error(
      `${path} has schemaVersion ${JSON.stringify(schemaVersion)}, this version of @tenfold/bench resumes runs of version ${VERSION}; use the version that began the run, or start a new one`,
    );
  }
  if (await isModified({ ...record, sha256 })) {
    throw new Error(
      `${path} was modified after the run began: its content does not match its sha256. Every number of the run depends on it, so restore it, or start a new run with your changes`,
    );
  }
  const parsed = runRecordSchema.safeParse(record);
  if (!parsed.success)
    throw new Error(`${path} is not the record of a run: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Whether the content of a record, as it is in `run.json`, does not match its digest. */
export async function isModified({ sha256, ...record }: { [key: string]: unknown }): Promise<boolean> {
  const { schemaVersion, ...rest } = record;
  return sha256 !== (await digest(JSON.stringify({ schemaVersion, ...rest })));
}

type Place = Pick<RunRecord, 'backend' | 'machine'>;

/**
 * The differences that may change the last bits of a result: backend, processor, Node, versions, source. Empty when the rest
 * of the run is certain to be bit-identical.
 */
export function differences(recorded: Place, current: Place): string[] {
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
  const [then, today] = [facts(recorded), facts(current)];
  const found = [...new Set([...Object.keys(then), ...Object.keys(today)])]
    .filter((name) => (then[name] ?? null) !== (today[name] ?? null))
    .map((name) => `${name} was ${then[name] ?? 'unknown'}, is ${today[name] ?? 'unknown'}`);
  if (current.machine.commit?.endsWith('+') && found.length === 0) {
    found.push(
      `the working tree at ${current.machine.commit} has uncommitted changes that may differ from the original run`,
    );
  }
  return found;
}

/** The threads that the run used, to request the same number; undefined for a backend without threads. */
export function recordedThreads({
  threads,
  backend,
}: Pick<RunRecord, 'threads' | 'backend'>): number | undefined {
  if (threads !== undefined) return threads;
  if (backend.name === 'cpu' || backend.name === 'webgpu') return undefined;
  const running = Number(backend.details.threads);
  return Number.isInteger(running) && running >= 1 ? running : undefined;
}

const prefixed = (prefix: string, values: Results['backend']['details']) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, value]));
