import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EnergyMeter, noMeter } from './energy-meter';

/** The counters' folder in Linux. */
const ROOT = '/sys/class/powercap';
type Read = (path: string) => string;
const readText: Read = (path) => readFileSync(path, 'utf8').trim();

interface Domain {
  name: string;
  folder: string;
  /** The counter wraps around at this value; undefined when it is not readable. */
  range: bigint | undefined;
}

/**
 * Measures the energy of the processor packages by RAPL, including other programs. Domains are nested, so only packages are
 * summed; a package that two drivers expose counts once.
 */
export function openRapl(root = ROOT, read: Read = readText): EnergyMeter {
  const readEnergy = ({ folder }: Domain): bigint => BigInt(read(join(folder, 'energy_uj')));
  let domains: Domain[];
  let last: bigint[];
  try {
    domains = findPackages(root, read);
    if (domains.length === 0) return noMeter(absent(root));
    last = domains.map(readEnergy);
  } catch (error) {
    return noMeter(refused(root, error));
  }
  let [microjoules, counts] = [0n, false];
  let lost: string | undefined;
  const advance = (): void => {
    if (lost) return;
    try {
      const readings = domains.map(readEnergy);
      if (counts)
        for (const [i, domain] of domains.entries()) microjoules += passed(domain, last[i]!, readings[i]!);
      last = readings;
    } catch (error) {
      lost = refused(root, error);
    }
  };
  const names = domains.map(({ name }) => name).join(' + ');
  return {
    get how() {
      return (
        lost ??
        `RAPL counters of the processor (${names}) during training, including other programs, without evaluation`
      );
    },
    start() {
      advance();
      counts = true;
    },
    stop() {
      advance();
      counts = false;
    },
    read() {
      advance();
      return lost === undefined ? Number(microjoules) / 1e6 : null;
    },
    close() {},
  };
}

function findPackages(root: string, read: Read): Domain[] {
  let entries: string[];
  try {
    entries = readdirSync(root);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const tryToRead = (path: string): string | undefined => {
    try {
      return read(path);
    } catch {
      return undefined; // often readable only by root
    }
  };
  const packages = new Map<string, Domain>();
  // Sorted: intel-rapl:0 comes after intel-rapl-mmio:0, another view of the same package, and replaces it.
  for (const entry of entries.filter((name) => name.startsWith('intel-rapl')).sort()) {
    const folder = join(root, entry);
    const name = tryToRead(join(folder, 'name'));
    if (name?.startsWith('package-')) {
      const range = tryToRead(join(folder, 'max_energy_range_uj'));
      packages.set(name, { name, folder, range: range ? BigInt(range) : undefined });
    }
  }
  return [...packages.values()];
}

function passed({ name, range }: Domain, before: bigint, now: bigint): bigint {
  if (now >= before) return now - before;
  if (range === undefined) throw new Error(`${name} wrapped around and max_energy_range_uj cannot be read`);
  return range - before + now;
}

function absent(root: string): string {
  return `this machine has no RAPL counter (no package in ${root}): it is a virtual machine, a container, or not Linux; energy cannot be measured here`;
}

function refused(root: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'EACCES' && code !== 'EPERM') return `the RAPL counters cannot be read: ${message}`;
  return `only root can read the RAPL counters; to make them readable until the next reboot: sudo chmod -R a+r ${root}/intel-rapl*/`;
}
