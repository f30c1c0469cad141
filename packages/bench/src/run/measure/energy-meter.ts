import type { Results } from '../../results';
import { openNvidia } from './energy-nvidia';
import { openRapl } from './energy-rapl';

/** Adds up the energy that is used while it counts. */
export interface EnergyMeter {
  /** How the energy is measured; or why it is not, and what to do. */
  readonly how: string;
  /** Counts from here on. */
  start(): void;
  /** Does not count from here on. */
  stop(): void;
  /** Joules counted so far; null when they cannot be known. To be called every few minutes: counters wrap around. */
  read(): number | null;
  close(): void;
}

/** A meter that says why there is none. */
export const noMeter = (how: string): EnergyMeter => ({
  how,
  start() {},
  stop() {},
  read: () => null,
  close() {},
});

const onGpu = (name: string) => name === 'node-gpu' || name === 'webgpu';

/** The meter of what a backend computes on: the processor's counters (RAPL), or the power of the GPU (nvidia-smi). */
export async function openEnergyMeter({ name }: Results['backend']): Promise<EnergyMeter> {
  return onGpu(name) ? openNvidia() : openRapl();
}

/** What can be measured here, for people. */
export async function describeEnergy(): Promise<{ processor: string; gpu: string }> {
  const [processor, gpu] = [openRapl(), await openNvidia()];
  processor.close();
  gpu.close();
  return { processor: processor.how, gpu: gpu.how };
}
