import { access, constants, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pc from 'picocolors';
import type { BackendCheck } from '../backends/check-backend';
import { backendDescriptions, backendNames } from '../backends/names';
import { datasetNames } from '../data/datasets';
import { bytes, count, rate, seconds } from '../lib/format';
import type { RunPlan } from '../run/plan';
import type { Dependencies, Streams } from './dependencies';
import { freeBytes } from './folders';

export interface DoctorFlags {
  v8Flags: boolean;
  cache?: string;
  json?: boolean;
}

interface CacheState {
  dataset: string;
  folder: string;
  state: string;
  freeBytes: number | null;
}

/** Reports which backends work here, why the others do not, and the machine. The exit code is 1 when no backend works. */
export async function doctorCommand(
  flags: DoctorFlags,
  deps: Dependencies,
  streams: Streams,
): Promise<number> {
  const checks: BackendCheck[] = [];
  for (const name of backendNames) checks.push(await deps.checkBackend(name, { v8Flags: flags.v8Flags })); // one after another, since each uses all cores
  const machine = await deps.describeMachine();
  const energy = await deps.describeEnergy();
  const caches: CacheState[] = [];
  for (const id of datasetNames) {
    const { dataset } = await deps.plan({ dataset: id, profile: 'quick', models: [] });
    caches.push(await cacheState(dataset, await deps.cacheFolder(id, flags.cache)));
  }
  const best = checks.find(({ works }) => works)?.name ?? null;
  if (flags.json) {
    streams.out.write(`${JSON.stringify({ best, backends: checks, machine, energy, caches }, null, 2)}\n`);
  } else {
    const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
    const lines = [
      'Backends, best first',
      ...checks.flatMap((check) => describe(check, check.name === best)),
      '',
      'Machine',
      `  ${machine.cpu}, ${count(machine.cores)} logical processors, ${bytes(machine.memoryBytes)} of memory`,
      `  ${machine.os} ${machine.arch}, Node ${machine.node} (V8 ${machine.v8})`,
      ...(versions.length > 0 ? [`  ${versions.join(', ')}`] : []),
      '',
      'Energy measurement',
      `  processor: ${energy.processor}`,
      `  GPU: ${energy.gpu}`,
      '',
      'Datasets',
      ...caches.map(({ folder, state, freeBytes: free }) => {
        const room = free === null ? 'free space unknown' : `${bytes(free)} free`;
        return `  ${folder}: ${state}, ${room}`;
      }),
    ];
    streams.out.write(`${lines.join('\n')}\n`);
  }
  return best === null ? 1 : 0;
}

function describe(check: BackendCheck, chosen: boolean): string[] {
  const name = check.name.padEnd(9);
  const what = backendDescriptions[check.name];
  if (!check.works) {
    return [`  ${pc.red('no ')} ${name} ${what}`, `      why: ${check.why}`, `      fix: ${check.advice}`];
  }
  const details = Object.entries(check.details).map(([key, value]) => `${key} ${value}`);
  const note = chosen ? ' <- the default; --backend overrides it' : '';
  const found = [...details, `started and trained a step in ${seconds(check.milliseconds / 1000)}`];
  const { peak } = check;
  const roof = peak ? [`      peak ${rate(peak.gflopsPerSecond)} GFLOP/s: ${peak.method}`] : [];
  return [`  ${pc.green('yes')} ${name} ${what}${note}`, `      ${found.join(', ')}`, ...roof];
}

async function cacheState({ id, name, sha256 }: RunPlan['dataset'], folder: string): Promise<CacheState> {
  const free = await freeBytes(folder);
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => error);
  if (names instanceof Error) {
    const state =
      names.code === 'ENOENT'
        ? 'does not exist yet; the first run creates it'
        : `cannot be read (${names.message})`;
    return { dataset: id, folder, state, freeBytes: free };
  }
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  const parts = Object.keys(sha256);
  const here = parts.filter((part) => names.includes(part)).length;
  const writable = await access(folder, constants.W_OK).then(
    () => '',
    () => ', cannot be written',
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const state = `${here} of ${parts.length} parts of ${name}, ${bytes(total)}${writable}`;
  return { dataset: id, folder, state, freeBytes: free };
}
